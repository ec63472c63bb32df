import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Leadership, LeadershipListener } from '../../server/engines/leadership.ts';

/** One group, empty at first; nobody else is in it. */
export interface LeadershipPlace {
  join(): Promise<Leadership>;
  remove(): Promise<void>;
}

/** A member with what it was told, and a way to wait for it. */
class Member implements LeadershipListener {
  readonly told: string[] = [];
  readonly leadership: Leadership;
  #waiting: (() => void)[] = [];

  constructor(leadership: Leadership) {
    this.leadership = leadership;
  }

  elected(): void {
    this.#tell('elected');
  }

  deposed(): void {
    this.#tell('deposed');
  }

  async until(news: string): Promise<void> {
    while (!this.told.includes(news)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #tell(news: string): void {
    this.told.push(news);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/** What the port `Leadership` promises, as tests of whatever implements it. */
export function leadershipConformance(name: string, place: () => Promise<LeadershipPlace>): void {
  const conforms = (sentence: string, run: (join: () => Promise<Member>) => Promise<void>): void => {
    test(`${name}: ${sentence}`, async () => {
      const here = await place();
      const members: Member[] = [];
      try {
        await run(async () => {
          const member = new Member(await here.join());
          members.push(member);
          return member;
        });
      } finally {
        await Promise.all(members.map(({ leadership }) => leadership.close()));
        await here.remove();
      }
    });
  };
  const start = async (member: Member): Promise<Member> => {
    await member.leadership.start(member);
    return member;
  };

  conforms('nobody leads before it has started', async (join) => {
    const member = await join();
    assert.equal(member.leadership.isLeader(), false);
    assert.deepEqual(member.told, []);
  });

  conforms('the only member leads, and is told once', async (join) => {
    const member = await start(await join());
    await member.until('elected');
    assert.equal(member.leadership.isLeader(), true);
    assert.deepEqual(member.told, ['elected']);
  });

  conforms('of several that start at once exactly one leads', async (join) => {
    const members = [await join(), await join(), await join()];
    const leaders = (): Member[] => members.filter(({ leadership }) => leadership.isLeader());
    const watch = setInterval(() => assert.ok(leaders().length <= 1), 1);
    try {
      await Promise.all(members.map(start));
      await Promise.race(members.map((member) => member.until('elected')));
      await pause(2_000);
    } finally {
      clearInterval(watch);
    }
    // One that stood still for a while knows a moment later whether it still leads.
    while (leaders().length !== 1) await pause(10);
  });

  conforms('who joins does not depose the one that leads', async (join) => {
    const first = await start(await join());
    await first.until('elected');
    const others = [await start(await join()), await start(await join())];
    await pause(2_000);
    while (!first.leadership.isLeader()) await pause(10);
    assert.deepEqual(
      others.map(({ leadership }) => leadership.isLeader()),
      [false, false],
    );
    assert.deepEqual(
      [first, ...others].map(({ told }) => told),
      [['elected'], [], []],
    );
  });

  conforms('when the leader leaves another is elected, and the one that left hears nothing more', async (join) => {
    const first = await start(await join());
    await first.until('elected');
    const second = await start(await join());
    await first.leadership.close();
    assert.equal(first.leadership.isLeader(), false);
    await second.until('elected');
    assert.equal(second.leadership.isLeader(), true);
    assert.deepEqual(first.told, ['elected']);
  });

  conforms('after close it does not lead, and does not start again', async (join) => {
    const member = await start(await join());
    await member.until('elected');
    await member.leadership.close();
    await member.leadership.close();
    assert.equal(member.leadership.isLeader(), false);
    await assert.rejects(member.leadership.start(member));
    assert.deepEqual(member.told, ['elected']);
  });
}

/** Long enough for a group to have changed its mind, if it would. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
