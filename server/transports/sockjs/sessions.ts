import { Refusal } from '../../errors.ts';
import { networkOf } from '../../limits/network.ts';
import type { Host } from '../../session/conversation.ts';
import type { Peer } from '../../session/peer.ts';
import type { Wheel } from '../../session/wheel.ts';
import type { Wire } from '../../session/wire.ts';
import type { Receiver } from './receiver.ts';
import { SockJsSession } from './session.ts';

/** How many sessions there may be, those included that are over and still say so; 0 is no limit. */
export interface SessionLimits {
  readonly sessions: number;
  readonly sessionsPerAddress: number;
}

/** The sessions over HTTP of this process, by their ids. */
export class SockJsSessions {
  readonly #host: Host;
  readonly #wheel: Wheel;
  readonly #limits: SessionLimits;
  readonly #byId = new Map<string, SockJsSession>();
  /** By network, as everything that strangers are counted by. */
  readonly #perAddress = new Map<string, number>();
  #open = 0;
  /** Sessions that began. */
  accepted = 0;

  constructor(host: Host, wheel: Wheel, limits: SessionLimits) {
    this.#host = host;
    this.#wheel = wheel;
    this.#limits = limits;
  }

  /** Sessions that go on. */
  get open(): number {
    return this.#open;
  }

  get(id: string): SockJsSession | undefined {
    return this.#byId.get(id);
  }

  all(): SockJsSession[] {
    return [...this.#byId.values()];
  }

  /** Refuses with `too-many-sessions` when one more is too many. */
  check({ address }: Peer): void {
    const { sessions, sessionsPerAddress } = this.#limits;
    if (sessions > 0 && this.#byId.size >= sessions) {
      throw new Refusal('too-many-sessions', `There are ${sessions} SockJS sessions already.`);
    }
    if (sessionsPerAddress > 0 && (this.#perAddress.get(networkOf(address)) ?? 0) >= sessionsPerAddress) {
      throw new Refusal('too-many-sessions', `Your address has ${sessionsPerAddress} SockJS sessions already.`);
    }
  }

  /** Begins a session with its first receiver. */
  begin(id: string, peer: Peer, wire: Wire, receiver: Receiver): void {
    const network = networkOf(peer.address);
    this.#perAddress.set(network, (this.#perAddress.get(network) ?? 0) + 1);
    this.#open++;
    this.accepted++;
    const options = {
      id,
      wire,
      peer,
      host: this.#host,
      wheel: this.#wheel,
      onEnd: this.#ended,
      onForget: this.#forget,
    };
    this.#byId.set(id, new SockJsSession(options, receiver));
  }

  readonly #ended = (): void => {
    this.#open--;
  };

  readonly #forget = ({ id, peer: { address } }: SockJsSession): void => {
    this.#byId.delete(id);
    const network = networkOf(address);
    const left = (this.#perAddress.get(network) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(network, left);
    else this.#perAddress.delete(network);
  };
}
