import type { Leadership, LeadershipListener } from '../leadership.ts';
import { openCluster } from './cluster.ts';
import type { KafkaConnection } from './connection.ts';
import { GroupMember } from './group-member.ts';
import { type Patience, Pauses } from './patience.ts';
import { reasonOf, refusalOf } from './trouble.ts';

export interface KafkaLeadershipOptions extends KafkaConnection, Patience {
  /** Holds no records: whose partition it is says who leads. Default `market-feed`. */
  readonly topic?: string;
  /** Default `towncrier-feed`. */
  readonly group?: string;
}

/** A broker that is gone must not hold up the end of this process, in milliseconds. */
const GOODBYE = 2_000;
const LONGEST_PAUSE = 1_000;

/**
 * Opens the leadership of a Kafka group: waits for the cluster, says what it waits for, and creates the topic where it is
 * missing. Rejects with one sentence for the operator where waiting cannot help.
 */
export async function openKafkaLeadership(options: KafkaLeadershipOptions): Promise<Leadership> {
  const { topic = 'market-feed', group = 'towncrier-feed' } = options;
  const { cluster, known } = await openCluster(
    options,
    { topic, partitions: 1, configs: {}, rights: 'Describe' },
    options,
  );
  await cluster.close();
  if (known.partitions === 1) return new KafkaLeadership({ ...options, topic, group });
  throw new Error(`the topic ${topic} has ${known.partitions} partitions: the active feed is who has its only one`);
}

type Options = KafkaLeadershipOptions & { readonly topic: string; readonly group: string };

/** Who was assigned the one partition leads. A membership that breaks is replaced by another until it is closed. */
class KafkaLeadership implements Leadership {
  readonly #options: Options;
  readonly #pauses: Pauses;
  #listener: LeadershipListener | undefined;
  #member: GroupMember | undefined;
  /** The tenure of which the listener was told `elected`, and no `deposed` yet. */
  #elected: { readonly member: GroupMember; readonly tenure: number } | undefined;
  /** The outage has been told. */
  #said = false;
  #closed: Promise<void> | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#pauses = new Pauses(options, LONGEST_PAUSE);
  }

  isLeader(): boolean {
    const elected = this.#elected;
    if (elected === undefined || this.#closed) return false;
    return elected.member.tenure === elected.tenure && elected.member.holds;
  }

  start(listener: LeadershipListener): Promise<void> {
    if (this.#listener || this.#closed) return Promise.reject(new Error('a member starts once, before it is closed'));
    this.#listener = listener;
    return new Promise((resolve, reject) => void this.#run(resolve, reject));
  }

  close(): Promise<void> {
    this.#closed ??= this.#leave();
    return this.#closed;
  }

  async #run(joined: () => void, refused: (error: Error) => void): Promise<void> {
    while (this.#closed === undefined) {
      await this.#takePart(joined, refused);
      await this.#pauses.pause();
    }
    joined();
  }

  /** One membership, from joining to its end. */
  async #takePart(joined: () => void, refused: (error: Error) => void): Promise<void> {
    const { clock, group, topic, log } = this.#options;
    const member = new GroupMember({ connection: this.#options, clock, group, topic, changed: () => this.#changed() });
    this.#member = member;
    try {
      await member.join();
      this.#pauses.reset();
      this.#said = false;
      joined();
      await member.ended;
    } catch (error) {
      const refusal = refusalOf(error, this.#options);
      if (refusal !== undefined) refused(new Error(refusal, { cause: error }));
      if (this.#closed === undefined && !this.#said)
        log.warn(
          { group, reason: refusal ?? reasonOf(error) },
          'this instance cannot join the group of feeds: it goes on trying',
        );
      this.#said = true;
    }
    await this.#goodbye(member);
    this.#changed();
  }

  /** Brings the listener up to what is known. Another tenure means that somebody else may have led in between. */
  #changed(): void {
    const { log } = this.#options;
    const member = this.#member;
    if (this.#closed || member === undefined) return;
    const same = this.#elected?.member === member && this.#elected.tenure === member.tenure;
    if (this.#elected && !(same && member.held)) {
      this.#elected = undefined;
      log.info({}, 'this instance leads no more');
      this.#listener?.deposed();
    }
    if (this.#elected === undefined && member.holds) {
      this.#elected = { member, tenure: member.tenure };
      log.info({}, 'this instance leads');
      this.#listener?.elected();
    }
  }

  async #leave(): Promise<void> {
    this.#pauses.end();
    if (this.#member) await this.#goodbye(this.#member);
  }

  #goodbye(member: GroupMember): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(GOODBYE, resolve);
      // Who cannot say goodbye is forgotten by the group when its session ends.
      const left = member.leave().catch(() => undefined);
      void left.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}
