import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { PriceEvent } from '../../web/src/connection/price-event.ts';
import { PriceStream } from '../../web/src/connection/price-stream.ts';
import { SharedPrices } from '../../web/src/connection/shared-prices.ts';
import { holdLock } from '../../web/src/connection/tab-lock.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { FakeLocks } from './fake-locks.ts';
import { FakeSource } from './fake-source.ts';

const tickOf = (price: number) => ({ symbol: 'BTC-USD', price, size: 1, change: 0, time: price });

/** A server, and a browser with tabs. Prices are 1, 2, 3 …, so that what a tab has taken can be read from them. */
class World {
  readonly clock = new ManualClock();
  readonly locks = new FakeLocks();
  readonly tabs: ShownTab[] = [];
  head = 0;

  /** A tab that is looked at. */
  async open(): Promise<ShownTab> {
    const tab = new ShownTab(this, `tab ${this.tabs.length}`);
    this.tabs.push(tab);
    tab.prices.start();
    await this.settle();
    return tab;
  }

  async tick(): Promise<void> {
    this.head++;
    for (const source of this.connections()) this.#tell(source, this.head);
    await this.settle();
  }

  /** Lets what is on its way arrive. */
  async settle(): Promise<void> {
    for (let i = 0; i < 6; i++) {
      await turn();
      this.clock.run();
    }
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.settle();
  }

  connections(): FakeSource[] {
    return this.tabs.flatMap((tab) => (tab.frozen ? [] : tab.sources.filter((source) => !source.closed)));
  }

  connect(source: FakeSource): void {
    this.clock.soon(() => {
      if (source.closed) return;
      source.open();
      const from = /e%3A(\d+)/.exec(source.url)?.[1];
      if (from === undefined)
        source.emit('market-snapshot', `e:${this.head}`, JSON.stringify({ ticks: [tickOf(this.head)] }));
      else for (let n = Number(from) + 1; n <= this.head; n++) this.#tell(source, n);
    });
  }

  #tell(source: FakeSource, n: number): void {
    source.emit('market-tick', `e:${n}`, JSON.stringify(tickOf(n)));
  }
}

class ShownTab {
  readonly sources: FakeSource[] = [];
  readonly taken: PriceEvent[] = [];
  readonly links: string[] = [];
  readonly prices: SharedPrices;
  frozen = false;
  readonly #waiting: (() => void)[] = [];

  constructor(world: World, name: string) {
    this.prices = new SharedPrices({
      clock: world.clock,
      random: () => 0,
      tab: name,
      open: (url) => {
        const source = new FakeSource(url);
        this.sources.push(source);
        world.connect(source);
        return source;
      },
      event: (event) => this.taken.push(event),
      changed: (link) => this.links.push(link),
      stream: (options) => new PriceStream(options),
      soon: (task) => world.clock.soon(task),
      channel: {
        post: (message) => {
          for (const tab of world.tabs)
            if (tab !== this) world.clock.soon(() => tab.does(() => tab.prices.told(structuredClone(message))));
        },
      },
      lock: (steal, { granted, lost }) =>
        holdLock(world.locks, 'x', steal, { granted: () => this.does(granted), lost: () => this.does(lost) }),
    });
  }

  /** Ticks as numbers; `snapshot 5` where there may be a gap, `about 5` where ticks were left out. */
  get seen(): string {
    return this.taken
      .map((event) => {
        if (event.kind === 'tick') return `${event.tick.price}`;
        if (event.kind === 'status') return event.state;
        return `${event.kind === 'snapshot' ? 'snapshot' : 'about'} ${event.ticks.at(-1)?.price}`;
      })
      .join(', ');
  }

  /** What happens to a tab that stands still happens when it goes on. */
  does(task: () => void): void {
    if (this.frozen) this.#waiting.push(task);
    else task();
  }

  thaw(): void {
    this.frozen = false;
    for (const task of this.#waiting.splice(0)) task();
  }

  close(): void {
    this.prices.freeze();
    this.frozen = true;
  }
}

test('several tabs have one connection, and all see every tick once', async () => {
  const world = new World();
  const first = await world.open();
  await world.tick();
  const second = await world.open();
  const third = await world.open();
  await world.tick();
  await world.tick();
  assert.equal(world.connections().length, 1);
  assert.equal(first.seen, 'snapshot 0, 1, 2, 3');
  assert.equal(second.seen, 'snapshot 1, 2, 3');
  assert.equal(third.seen, 'snapshot 1, 2, 3');
  assert.deepEqual([second.links, third.links], [['live'], ['live']]);
});

test('a tab that joins before there are prices sees the first ones', async () => {
  const world = new World();
  const first = new ShownTab(world, 'first');
  const second = new ShownTab(world, 'second');
  world.tabs.push(first, second);
  first.prices.start();
  second.prices.start();
  await world.settle();
  await world.tick();
  assert.equal(world.connections().length, 1);
  assert.deepEqual([first.seen, second.seen], ['snapshot 0, 1', 'snapshot 0, 1']);
});

test('when the tab with the connection is closed, another goes on from the last id, and nobody misses or repeats a tick', async () => {
  const world = new World();
  const first = await world.open();
  const second = await world.open();
  const third = await world.open();
  await world.tick();
  first.close();
  world.head++; // A tick while nobody is connected.
  await world.settle();
  await world.tick();
  assert.equal(world.connections().length, 1);
  assert.equal(second.seen, 'snapshot 0, 1, 2, 3');
  assert.equal(third.seen, 'snapshot 0, 1, 2, 3');
  assert.match(second.sources[0]?.url ?? '', /lastEventId=e%3A1/);
});

test('a tab that freezes without a word is replaced, and follows without a gap when it goes on', async () => {
  const world = new World();
  const first = await world.open();
  const second = await world.open();
  await world.tick();
  first.frozen = true;
  await world.tick();
  await world.tick();
  assert.equal(second.seen, 'snapshot 0, 1');
  await world.pass(3_000);
  await world.pass(2_000);
  assert.equal(second.seen, 'snapshot 0, 1, 2, 3');
  await world.tick();
  first.thaw();
  await world.settle();
  await world.tick();
  assert.equal(world.connections().length, 1);
  assert.equal(second.prices.role, 'leader');
  assert.equal(second.seen, 'snapshot 0, 1, 2, 3, 4, 5');
  assert.equal(first.seen, 'snapshot 0, 1, snapshot 4, 5');
});

test('a quiet market is no reason to take over from a tab that answers', async () => {
  const world = new World();
  const first = await world.open();
  const second = await world.open();
  for (let i = 0; i < 30; i++) await world.pass(1_000);
  assert.deepEqual([first.prices.role, second.prices.role], ['leader', 'follower']);
  assert.equal(first.sources.length, 1);
});

test('a tab that is looked at takes over from a hidden one without a gap', async () => {
  const world = new World();
  const first = await world.open();
  const second = await world.open();
  await world.tick();
  first.prices.stop();
  await world.settle();
  assert.equal(second.prices.role, 'leader');
  await world.pass(1_000);
  await world.tick();
  assert.equal(world.connections().length, 1);
  assert.equal(second.seen, 'snapshot 0, 1, 2');
  assert.equal(first.seen, 'snapshot 0, 1, 2');
});

test('while no tab is looked at prices come slowly, and then with a snapshot', async () => {
  const world = new World();
  const first = await world.open();
  await world.tick();
  first.prices.stop();
  await world.pass(1_000);
  assert.equal(first.sources.at(-1)?.url, '/stream?interval=1000');
  await world.tick();
  first.prices.start();
  await world.settle();
  await world.tick();
  assert.equal(first.seen, 'snapshot 0, 1, about 1, about 2, snapshot 2, 3');
  assert.equal(world.connections().length, 1);
});

test('a tab that is looked at again takes over from one that is hidden by then', async () => {
  const world = new World();
  const first = await world.open();
  const second = await world.open();
  second.prices.stop();
  first.prices.stop();
  await world.pass(1_000);
  await world.tick();
  second.prices.start();
  await world.settle();
  await world.tick();
  assert.equal(second.prices.role, 'leader');
  assert.equal(world.connections().length, 1);
  assert.match(second.seen, /, snapshot 1, 2$/);
  assert.match(first.seen, /, snapshot 1, 2$/);
});

test('the Lab has a connection of its own, and afterwards none', async () => {
  const world = new World();
  const first = await world.open();
  const second = await world.open();
  await world.tick();
  second.prices.alone(true);
  await world.settle();
  await world.tick();
  assert.equal(world.connections().length, 2);
  assert.equal(second.seen, 'snapshot 0, 1, 2');
  second.prices.alone(false);
  await world.settle();
  await world.tick();
  assert.equal(world.connections().length, 1);
  assert.equal(first.prices.role, 'leader');
  assert.equal(second.seen, 'snapshot 0, 1, 2, 3');
});

test('when the tab with the connection opens the Lab, another one has it', async () => {
  const world = new World();
  const first = await world.open();
  const second = await world.open();
  first.prices.alone(true);
  await world.settle();
  await world.tick();
  assert.deepEqual([first.prices.role, second.prices.role], ['alone', 'leader']);
  assert.deepEqual([first.seen, second.seen], ['snapshot 0, 1', 'snapshot 0, 1']);
});

test('a browser that gives no locks leaves each tab with its own connection', async () => {
  const world = new World();
  world.locks.refusing = true;
  const first = await world.open();
  await world.tick();
  assert.equal(first.prices.role, 'alone');
  assert.equal(first.seen, 'snapshot 0, 1');
  first.prices.stop();
  assert.equal(world.connections().length, 0);
  first.prices.start();
  await world.settle();
  assert.equal(world.connections().length, 1);
});

test('how the connection stands is told to all', async () => {
  const world = new World();
  const first = await world.open();
  const second = await world.open();
  first.sources[0]?.fail();
  await world.settle();
  assert.deepEqual(second.links, ['live', 'reconnecting']);
  await world.pass(500);
  await world.tick();
  assert.deepEqual(second.links, ['live', 'reconnecting', 'live']);
  assert.equal(second.seen, 'snapshot 0, 1');
});
