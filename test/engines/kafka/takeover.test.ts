import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openKafkaTickLog } from '../../../server/engines/kafka/tick-log.ts';
import { KafkaServer } from '../../support/engines/kafka.ts';
import { ownTopic, Reader } from './ticks.ts';

const PROGRAM = join(import.meta.dirname, 'feed-process.ts');

const started = KafkaServer.start();
after(async () => (await started).stop());

/** A feed in a process, with what it wrote. */
class FeedProcess {
  readonly number: number;
  readonly child: ChildProcess;
  #output = '';

  constructor(brokers: readonly string[], topic: string, number: number) {
    this.number = number;
    const feed = [process.execPath, PROGRAM, brokers.join(','), topic, `${topic}-group`, `${number}`];
    this.child = spawn('setpriv', ['--pdeathsig', 'SIGKILL', ...feed], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
    });
  }

  get told(): string[] {
    return this.#output.trim().split('\n');
  }

  async until(news: string): Promise<void> {
    while (!this.told.includes(news)) await sleep(10);
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }
}

interface Scene {
  readonly kafka: KafkaServer;
  /** The one that leads first. */
  readonly first: FeedProcess;
  readonly second: FeedProcess;
  /** Resolves when the reader has got another 50 ticks of this feed. */
  flows(feed: FeedProcess): Promise<void>;
}

/** Two feeds, of which the first leads; afterwards all ticks of the one lie before all of the other. */
async function scene(play: (scene: Scene) => Promise<void>): Promise<number[]> {
  const kafka = await started;
  const options = { ...ownTopic(), brokers: kafka.brokers };
  const log = await openKafkaTickLog(options);
  const feeds: FeedProcess[] = [];
  const start = (number: number): FeedProcess => {
    const feed = new FeedProcess(kafka.brokers, options.topic, number);
    feeds.push(feed);
    return feed;
  };
  try {
    const reader = new Reader();
    log.follow([0, 0, 0], reader);
    const first = start(1);
    await first.until('elected');
    const second = start(2);
    await second.until('started');
    const flows = async ({ number }: FeedProcess): Promise<void> => {
      const count = (): number => reader.got.filter(({ tick }) => tick.price === number).length;
      const before = count();
      await reader.until(() => count() >= before + 50);
    };
    await flows(first);
    await play({ kafka, first, second, flows });
    assert.ok(reader.isContiguous);
    return turnsOf(reader);
  } finally {
    await Promise.all(feeds.map((feed) => feed.kill()));
    await log.close();
  }
}

/** Who wrote, in the order of the log, each turn once; every feed counts up without a gap or a repetition. */
function turnsOf({ got }: Reader): number[] {
  const turns: number[] = [];
  const sizes = new Map<number, number>();
  for (const { tick } of got) {
    assert.ok(tick.size > (sizes.get(tick.price) ?? -1), 'no tick is there twice, and none overtook another');
    sizes.set(tick.price, tick.size);
    if (turns.at(-1) !== tick.price) turns.push(tick.price);
  }
  return turns;
}

test('when the active feed is killed another takes over', async () => {
  const turns = await scene(async ({ first, second, flows }) => {
    await first.kill();
    await flows(second);
  });
  assert.deepEqual(turns, [1, 2]);
});

test('a feed that was frozen and wakes produces nothing more', async () => {
  const turns = await scene(async ({ first, second, flows }) => {
    first.child.kill('SIGSTOP');
    await flows(second);
    first.child.kill('SIGCONT');
    await first.until('deposed');
    await flows(second);
    assert.deepEqual(first.told, ['elected', 'started', 'deposed']);
    assert.deepEqual(second.told.toSorted(), ['elected', 'started']);
  });
  assert.deepEqual(turns, [1, 2]);
});

test('a feed that was frozen only for a moment goes on', async () => {
  const turns = await scene(async ({ first, second, flows }) => {
    first.child.kill('SIGSTOP');
    await sleep(1_000);
    first.child.kill('SIGCONT');
    await flows(first);
    assert.deepEqual(second.told, ['started']);
  });
  assert.deepEqual(turns, [1]);
});

test('over an outage of Kafka the active feed stays the active one, and ticks flow again', async () => {
  const turns = await scene(async ({ kafka, first, flows }) => {
    await kafka.kill();
    // Longer than a session: the group itself forgets nobody while it is away.
    await sleep(7_000);
    await kafka.run();
    await flows(first);
  });
  assert.deepEqual(turns, [1]);
});

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
