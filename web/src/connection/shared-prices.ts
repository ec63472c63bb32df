import type { Timer } from '../clock.ts';
import type { Tick } from '../market/tick.ts';
import type { LinkState } from './link.ts';
import type { PriceEvent } from './price-event.ts';
import { covers, joined } from './price-position.ts';
import type { PriceStream, PriceStreamOptions, Prices } from './price-stream.ts';
import type { LockUse } from './tab-lock.ts';

/** What tabs tell each other. */
export type TabMessage =
  /**
   * The sender has the connection. `hidden`: nobody looks at it, so that another tab had better have it. `from`: it has just
   * taken it over, and what it tells begins after this id.
   */
  | { readonly type: 'leads'; readonly link: LinkState; readonly hidden: boolean; readonly from?: string }
  /** What has come in, in order. */
  | { readonly type: 'events'; readonly events: readonly PriceEvent[] }
  /** The sender is new, or has missed something. */
  | { readonly type: 'hello'; readonly tab: string }
  /** The answer to one `hello`: how things stand, before the next `events`. */
  | { readonly type: 'state'; readonly to: string; readonly link: LinkState; readonly events: readonly PriceEvent[] }
  /** Is somebody there? */
  | { readonly type: 'ping' };

/** The other tabs of this site in this browser. */
export interface TabChannel {
  post(message: TabMessage): void;
}

export interface SharedPricesOptions extends PriceStreamOptions {
  /** Names this tab. */
  readonly tab: string;
  readonly channel: TabChannel;
  lock(steal: boolean, use: LockUse): () => void;
  stream(options: PriceStreamOptions): PriceStream;
  /** Runs a task after what is running, soon also in a hidden tab. */
  soon(task: () => void): void;
}

/** A leader that is silent for so long is asked whether it is there; one that then stays silent is not. */
const SILENCE_MS = 3_000;
const ANSWER_MS = 2_000;
/** So long another tab has to take over from one that is hidden, before that one goes on slowly. */
const HIDDEN_MS = 1_000;

type Role = 'off' | 'follower' | 'leader' | 'alone';

/**
 * One connection for all tabs of the page: who has the lock has the connection, and tells the others what comes. When it closes,
 * freezes or is hidden while another is looked at, that other takes over from the last id. Each event has its place, so a tab drops
 * what it has seen already, whoever tells it, and asks for the state where something may be missing.
 */
export class SharedPrices implements Prices {
  readonly #options: SharedPricesOptions;
  readonly #stream: PriceStream;
  #role: Role = 'off';
  #shown = false;
  /** The id of the last event that was taken; empty where what came since has no place. */
  #place = '';
  /** What the leader tells follows what is here, without a gap. */
  #joined = false;
  #leaderHidden = false;
  #link: LinkState = 'connecting';
  #status: PriceEvent | undefined;
  readonly #newest = new Map<string, Tick>();
  #release: () => void = () => undefined;
  #stealing = false;
  /** There are other tabs, or were. */
  #others = false;
  #outgoing: PriceEvent[] = [];
  #heardAt = Number.NEGATIVE_INFINITY;
  #asked = false;
  #looking: Timer | undefined;

  constructor(options: SharedPricesOptions) {
    this.#options = options;
    this.#stream = options.stream({
      ...options,
      event: (event) => this.#own(event),
      changed: (link) => {
        if (this.#role === 'leader' || this.#role === 'alone') this.#linked(link);
        if (this.#role === 'leader') this.#tellLead();
      },
    });
  }

  /** Who has the connection: this tab, or another one. */
  get role(): Role {
    return this.#role;
  }

  start(): void {
    this.#shown = true;
    if (this.#role === 'off') this.#join();
    else if (this.#role === 'alone') this.#stream.start();
    else if (this.#role === 'leader') {
      this.#stream.slow(false);
      this.#stream.start();
      this.#tellLead();
    } else this.#look(true);
  }

  /** As a leader it goes on for the others, slowly: where one of them is looked at, that one takes over. */
  stop(): void {
    this.#shown = false;
    this.#looking?.cancel();
    if (this.#role === 'alone') this.#stream.stop();
    if (this.#role === 'leader') this.#leadHidden();
  }

  wake(): void {
    if (this.#role === 'leader' || this.#role === 'alone') this.#stream.wake();
  }

  renew(): void {
    if (this.#role === 'leader' || this.#role === 'alone') this.#stream.renew();
  }

  /** With a connection of its own, which the Lab takes apart, or together with the others again. */
  alone(alone: boolean): void {
    if (alone === (this.#role === 'alone')) return;
    const stopped = this.#role === 'off' && !this.#shown;
    this.#leave();
    if (alone) {
      this.#role = 'alone';
      this.#stream.slow(false);
      this.#stream.goOnFrom(this.#place);
      if (!stopped) this.#stream.start();
    } else if (!stopped) this.#join();
  }

  /** The tab is about to stand still, and can tell nobody anything then. */
  freeze(): void {
    if (this.#role === 'leader' || this.#role === 'follower') this.#leave();
  }

  thaw(): void {
    if (this.#role === 'off' && this.#shown) this.#join();
  }

  /** What another tab has told. */
  told(message: TabMessage): void {
    this.#others = true;
    if (this.#role === 'leader') {
      if (message.type === 'hello') this.#tellState(message.tab);
      if (message.type === 'ping') this.#tellLead();
      return;
    }
    if (this.#role !== 'follower') return;
    if (message.type === 'leads') this.#follow(message);
    if (message.type === 'events' && this.#joined) for (const event of message.events) this.#take(event);
    if (message.type === 'events') this.#heard();
    if (message.type === 'state' && message.to === this.#options.tab) this.#catchUp(message);
  }

  #join(): void {
    this.#role = 'follower';
    this.#joined = false;
    this.#leaderHidden = false;
    this.#queue(false);
    this.#options.channel.post({ type: 'hello', tab: this.#options.tab });
    this.#look(true);
  }

  /** Neither the lock nor a connection. */
  #leave(): void {
    this.#role = 'off';
    this.#looking?.cancel();
    this.#release();
    this.#release = () => undefined;
    this.#stealing = false;
    this.#flush();
    this.#stream.stop();
  }

  #queue(steal: boolean): void {
    if (steal && this.#stealing) return;
    this.#stealing = steal;
    this.#release();
    this.#release = this.#options.lock(steal, { granted: () => this.#lead(), lost: () => this.#lost() });
  }

  #lead(): void {
    this.#stealing = false;
    this.#role = 'leader';
    this.#joined = true;
    this.#looking?.cancel();
    this.#stream.slow(false);
    this.#stream.goOnFrom(this.#place);
    this.#tellLead(this.#place);
    if (this.#shown) this.#stream.start();
    else this.#leadHidden();
  }

  #leadHidden(): void {
    this.#tellLead();
    this.#looking = this.#options.clock.after(HIDDEN_MS, () => {
      if (this.#role !== 'leader' || this.#shown) return;
      this.#stream.slow(true);
      this.#stream.start();
    });
  }

  /** Another tab took over, perhaps long ago, while this one stood still. */
  #lost(): void {
    const led = this.#role === 'leader';
    if (!led) {
      // The browser gives no locks: no tab knows of another.
      this.#leave();
      this.alone(true);
      return;
    }
    this.#role = 'off';
    this.#flush();
    this.#stream.stop();
    this.#join();
  }

  #follow({ link, hidden, from }: TabMessage & { readonly type: 'leads' }): void {
    this.#heard();
    this.#leaderHidden = hidden;
    this.#linked(link);
    // What came between this tab's place and the beginning of what it will be told.
    if (from !== undefined && from !== '' && !covers(this.#place, from)) this.#joined = false;
    if (!this.#joined) this.#options.channel.post({ type: 'hello', tab: this.#options.tab });
    if (hidden && this.#shown) this.#queue(true);
  }

  #catchUp({ link, events }: TabMessage & { readonly type: 'state' }): void {
    this.#heard();
    this.#linked(link);
    this.#joined = true;
    for (const event of events) {
      // Nothing was missed where the leader is no further.
      if (event.kind === 'snapshot' && covers(this.#place, event.id)) continue;
      this.#take(event);
    }
  }

  #own(event: PriceEvent): void {
    if (!this.#take(event) || this.#role !== 'leader' || !this.#others) return;
    this.#outgoing.push(event);
    if (this.#outgoing.length === 1) this.#options.soon(() => this.#flush());
  }

  /** Takes an event that was not seen yet; whether it was such a one. */
  #take(event: PriceEvent): boolean {
    if (event.kind === 'tick') {
      if (covers(this.#place, event.id)) return false;
      this.#place = joined(this.#place, event.id);
      this.#newest.set(event.tick.symbol, event.tick);
    } else if (event.kind === 'status') this.#status = event;
    else {
      this.#place = event.kind === 'snapshot' ? event.id : '';
      for (const tick of event.ticks) this.#newest.set(tick.symbol, tick);
    }
    this.#options.event(event);
    return true;
  }

  #linked(link: LinkState): void {
    if (link === this.#link) return;
    this.#link = link;
    // Another connection may be to a server that cannot tell.
    if (link !== 'live') this.#status = undefined;
    this.#options.changed(link);
  }

  #flush(): void {
    const events = this.#outgoing;
    this.#outgoing = [];
    if (events.length > 0) this.#options.channel.post({ type: 'events', events });
  }

  #tellLead(from?: string): void {
    const message = { type: 'leads', link: this.#link, hidden: !this.#shown } as const;
    this.#options.channel.post(from === undefined ? message : { ...message, from });
  }

  #tellState(to: string): void {
    this.#flush();
    const ticks = [...this.#newest.values()];
    // Before the first prices nothing is missing.
    const snapshot: PriceEvent[] = ticks.length === 0 ? [] : [{ kind: 'snapshot', ticks, id: this.#place }];
    const events = this.#status === undefined ? snapshot : [...snapshot, this.#status];
    this.#options.channel.post({ type: 'state', to, link: this.#link, events });
    if (!this.#shown) this.#tellLead();
  }

  #heard(): void {
    this.#heardAt = this.#options.clock.now();
    this.#asked = false;
  }

  /** While somebody looks: is the leader there? `now`: asks at once. */
  #look(now: boolean): void {
    this.#looking?.cancel();
    if (this.#role !== 'follower' || !this.#shown) return;
    if (now && this.#leaderHidden) {
      this.#queue(true);
      return;
    }
    const { clock, channel } = this.#options;
    const rest = this.#heardAt + SILENCE_MS - clock.now();
    if (!now && rest > 0) {
      this.#looking = clock.after(rest, () => this.#look(false));
    } else if (this.#asked && !now) {
      this.#queue(true);
    } else {
      this.#asked = true;
      channel.post({ type: 'ping' });
      this.#looking = clock.after(ANSWER_MS, () => this.#look(false));
    }
  }
}
