import { Consumer, type ConsumerGroupJoinPayload, type GroupPartitionsAssigner } from '@platformatic/kafka';
import type { Clock } from '../../clock.ts';
import { clientOptions, type KafkaConnection } from './connection.ts';
import { Lease } from './lease.ts';

export interface GroupMemberOptions {
  readonly connection: KafkaConnection;
  readonly clock: Clock;
  readonly group: string;
  readonly topic: string;
  /** The group said something new: ask `holds` and `held`. */
  changed(): void;
}

/** A member that is silent for so long is dead for the group, in milliseconds: the least that Kafka allows by default. */
const SESSION = 6_000;
/** Shorter than the session by what a request under way may take to arrive. */
const LEASE = 4_500;
/** The one who waits hears with its next beat that the group has given another up. */
const HEARTBEAT = 500;
/** A join waits until all members have joined or were given up, and that takes as long as a session. */
const REQUEST_TIMEOUT = 10_000;
const RETRIES = { retries: 3, retryDelay: 200 };
const CLAIM = Buffer.from('1');
const NO_CLAIM = Buffer.from('0');

/**
 * One membership in a Kafka group that shares a topic of one partition. It lasts until it breaks or is left; then another
 * is made.
 */
export class GroupMember {
  /** Resolves once the membership is broken, or left. */
  readonly ended: Promise<void>;
  /** Times in which the partition was held without a gap: two answers with the same number, and nobody else had it. */
  tenure = 0;
  readonly #options: GroupMemberOptions;
  readonly #consumer: Consumer;
  readonly #lease: Lease;
  readonly #end: () => void;
  #assigned = false;
  #joining = true;
  /** Whether this member went into the rebalance as the one that holds the partition. */
  #claimed = false;

  constructor(options: GroupMemberOptions) {
    this.#options = options;
    this.#lease = new Lease(options.clock, LEASE);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = resolve;
    this.#consumer = new Consumer({
      ...clientOptions(options.connection),
      ...RETRIES,
      requestTimeout: REQUEST_TIMEOUT,
      groupId: options.group,
      sessionTimeout: SESSION,
      rebalanceTimeout: SESSION,
      heartbeatInterval: HEARTBEAT,
      autocommit: false,
      protocols: [{ name: 'keep-holder', version: 0 }],
      // Asked before each join: from then on the group may give the partition to somebody else.
      protocolsMetadata: () => this.#beforeJoin(),
      partitionAssigner: keepHolder(options.topic),
    });
    this.#listen();
  }

  /** Whether the partition is this member's, for certain and now. */
  get holds(): boolean {
    return this.#assigned && !this.#joining && this.#lease.holds;
  }

  /** Whether the group has not given the partition to anybody else, as far as is known. */
  get held(): boolean {
    return this.#assigned;
  }

  /** Resolves once the group has taken this member. Rejects as Kafka does. */
  async join(): Promise<void> {
    this.#consumer.topics.track(this.#options.topic);
    await this.#consumer.joinGroup({});
  }

  /** Leaves the group, which may give the partition away at once. */
  async leave(): Promise<void> {
    this.#forget();
    this.#end();
    // Leaving is what ends a join under way: after `close` alone the library would go on with it, and beat for ever.
    // Where it cannot be said, closing is all that is left, and the group forgets this member when its session ends.
    await Promise.allSettled([this.#consumer.leaveGroup(true)]);
    await this.#consumer.close(true);
  }

  #listen(): void {
    const consumer = this.#consumer;
    consumer.on('consumer:heartbeat:start', () => this.#lease.ask());
    consumer.on('consumer:heartbeat:end', () => this.#confirmed());
    consumer.on('consumer:group:join', (joined) => this.#joined(joined));
    // The library has given up to join again, and sends no heartbeat any more. (While Kafka is away it goes on to send
    // them, and the group takes its members back.) It emits this without declaring it; unheard it would end the process.
    (consumer as NodeJS.EventEmitter).on('error', () => {
      this.#forget();
      this.#options.changed();
      this.#end();
    });
  }

  #beforeJoin(): Buffer {
    this.#claimed = this.#assigned && this.#lease.holds;
    this.#joining = true;
    this.#lease.ask();
    return this.#claimed ? CLAIM : NO_CLAIM;
  }

  #joined({ assignments }: ConsumerGroupJoinPayload): void {
    const { topic } = this.#options;
    this.#assigned = assignments?.some((one) => one.topic === topic && one.partitions.includes(0)) ?? false;
    if (!this.#claimed) this.tenure++;
    this.#joining = false;
    this.#confirmed();
  }

  #confirmed(): void {
    if (!this.#joining) this.#lease.grant();
    this.#options.changed();
  }

  #forget(): void {
    this.#assigned = false;
    this.#lease.end();
  }
}

/** Gives the one partition to the member that has it, so that nobody who joins interrupts it; else to any. */
function keepHolder(topic: string): GroupPartitionsAssigner {
  return (_current, members) => {
    const all = [...members.values()];
    const holder = all.find(({ metadata }) => metadata?.toString() === CLAIM.toString()) ?? all[0];
    return all.map(({ memberId }) => ({
      memberId,
      assignments: new Map(memberId === holder?.memberId ? [[topic, { topic, partitions: [0] }]] : []),
    }));
  };
}
