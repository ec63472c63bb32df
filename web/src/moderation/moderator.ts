import { computed, signal } from '@preact/signals';
import type { RoomRules } from '../chat/room-rules.ts';
import type { Preferences } from '../preferences.ts';
import { type ModerationApi, Unwelcome } from './moderation-api.ts';
import { ModeratorPanel } from './panel.ts';

export interface ModeratorOptions {
  readonly api: ModerationApi;
  /** Forgotten when the tab is closed. */
  readonly visit: Preferences;
  /** What stands behind the # of the address, and a way to take it away: a token does not stay there. */
  readonly fragment: { get(): string; clear(): void };
  /** The token came, or went: the chat's session should be made with it. */
  changed(): void;
}

/** A message, as far as moderating it needs. */
interface Moderated {
  readonly room: string;
  readonly seq: number;
  readonly sender: string;
}

/** What a menu is put beside, and gives the focus back to. */
export interface Anchor {
  focus(): void;
  getBoundingClientRect(): { readonly top: number; readonly bottom: number; readonly right: number };
}

/** A message whose menu is open, and the button that opened it. */
interface OpenMenu {
  readonly message: Moderated;
  readonly anchor: Anchor;
}

const KEY = 'moderator-token';

/** A moderator at this page: signed in by `#token=…` in the address, or by the form that `#moderate` opens. */
export class Moderator {
  readonly token = signal<string | undefined>(undefined);
  readonly active = computed(() => this.token.value !== undefined);
  /** The form for the token is open. */
  readonly asking = signal(false);
  readonly menu = signal<OpenMenu | undefined>(undefined);
  readonly panel: ModeratorPanel;
  /** Why the last act did not happen. */
  readonly problem = signal<string | undefined>(undefined);
  readonly #options: ModeratorOptions;
  #auth: 'guest' | 'jwt' = 'guest';

  constructor(options: ModeratorOptions) {
    this.#options = options;
    this.panel = new ModeratorPanel({ api: options.api, act: (work) => this.#act(work) });
  }

  /**
   * What the chat's CONNECT brings, so that closed rooms are open to it. Where users sign in, their tokens have three parts; the
   * shared one signs nobody in, and goes beside.
   */
  get connectHeaders(): Readonly<Record<string, string>> {
    const token = this.token.value;
    if (token === undefined) return {};
    return this.#auth === 'guest' || token.split('.').length === 3 ? { passcode: token } : { 'moderator-token': token };
  }

  /** Looks for a token in the address, then for one of before the page was loaded again. */
  async begin(): Promise<void> {
    const { fragment, visit } = this.#options;
    const text = fragment.get();
    if (text === 'moderate') {
      fragment.clear();
      this.asking.value = true;
      return;
    }
    const given = new URLSearchParams(text).get('token') ?? undefined;
    if (given !== undefined) fragment.clear();
    const token = given ?? visit.get(KEY);
    if (token === undefined || token === '') return;
    if (!(await this.signIn(token)) && given !== undefined) this.asking.value = true;
  }

  /** Returns whether the token lets moderate; why it does not is the problem then. */
  async signIn(token: string): Promise<boolean> {
    const { api, visit, changed } = this.#options;
    const taken = await this.#try(async () => {
      this.#auth = await api.check(token);
    });
    if (!taken) return false;
    visit.set(KEY, token);
    this.token.value = token;
    this.asking.value = false;
    changed();
    return true;
  }

  signOut(): void {
    const { visit, changed } = this.#options;
    visit.set(KEY, '');
    this.token.value = undefined;
    this.menu.value = undefined;
    changed();
  }

  /** Sets what holds in a room; the chat tells everybody, this page too. */
  async setRoom(rules: RoomRules): Promise<void> {
    await this.#actShown((token) => this.#options.api.setRoom(token, rules));
  }

  /** Deletes a message; it vanishes from the page as it does from everybody's. */
  async remove({ room, seq }: Moderated): Promise<void> {
    await this.#actShown((token) => this.#options.api.remove(token, room, seq));
  }

  async mute({ sender }: Moderated, seconds: number): Promise<void> {
    await this.#actShown((token) => this.#options.api.mute(token, sender, seconds));
  }

  /** Does something that the panel shows, which may have been opened while that was still on its way. */
  async #actShown(work: (token: string) => Promise<void>): Promise<void> {
    if (await this.#act(work)) await this.panel.refresh();
  }

  async #act(work: (token: string) => Promise<void>): Promise<boolean> {
    const token = this.token.value;
    return token !== undefined && (await this.#try(() => work(token)));
  }

  async #try(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.problem.value = undefined;
      return true;
    } catch (error) {
      this.problem.value = error instanceof Error ? error.message : String(error);
      if (error instanceof Unwelcome && this.active.value) this.signOut();
      return false;
    }
  }
}
