import type { Hub } from '../hub/hub.ts';
import { ownBytes } from '../hub/own-bytes.ts';
import type { Start } from '../hub/start.ts';
import type { Stream } from '../hub/stream.ts';

/** A state that replaces the one before, as clients get it: JSON in UTF-8. */
export type StateEvent = Uint8Array;

/** A stream of which only the newest state matters: a new subscriber gets it first, a slow one skips to it. */
export class LatestState {
  readonly stream: Stream<StateEvent>;
  #json: string;

  constructor(hub: Hub, name: string, epoch: string, first: object) {
    this.stream = hub.stream<StateEvent>({
      name,
      epoch,
      // One event by count: what lies before the newest state is of no use to anyone.
      bounds: { count: 1, bytes: Number.POSITIVE_INFINITY, age: Number.POSITIVE_INFINITY },
      size: (event) => event.length,
      overflow: { policy: 'latest', snapshot: () => this.stream.at(this.stream.next - 1) },
    });
    this.#json = JSON.stringify(first);
    this.stream.append(ownBytes(this.#json));
  }

  /** Sends the state to everyone, if it is another than before. */
  set(state: object): void {
    const json = JSON.stringify(state);
    if (json === this.#json) return;
    this.#json = json;
    this.stream.append(ownBytes(json));
  }

  /** Where a subscription begins: with the present state. */
  start(): Start<StateEvent> {
    return { next: this.stream.next - 1 };
  }
}
