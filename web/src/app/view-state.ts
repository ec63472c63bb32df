import { computed, signal } from '@preact/signals';

/** The parts of the page of which a phone shows one at a time. */
export type Tab = 'prices' | 'chat';

/** What the user looks at. */
export class ViewState {
  readonly tab = signal<Tab>('prices');
  /** One part at a time is shown. */
  readonly narrow = signal(false);
  readonly pageHidden = signal(false);
  /** The message list is scrolled to its newest message. */
  readonly atNewest = signal(true);
  /** The list of keys is open. */
  readonly help = signal(false);
  /** What the screen reader is told of the chat. */
  readonly spoken = signal('');
  readonly chatShown = computed(() => !this.pageHidden.value && (!this.narrow.value || this.tab.value === 'chat'));
  /** The newest messages are before the user's eyes. */
  readonly watching = computed(() => this.chatShown.value && this.atNewest.value);
}
