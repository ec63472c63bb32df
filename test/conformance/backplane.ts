import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Backplane, BackplaneListener } from '../../server/engines/backplane.ts';

/** One plane that instances connect to; nobody else is on it. */
export interface BackplanePlace {
  connect(): Promise<Backplane>;
  remove(): Promise<void>;
}

/** Keeps what it hears, and lets a test wait for it. */
class Ear implements BackplaneListener {
  readonly heard: string[] = [];
  resumes = 0;
  #waiting: (() => void)[] = [];

  message(payload: string): void {
    this.heard.push(payload);
    this.#wake();
  }

  resumed(): void {
    this.resumes++;
    this.#wake();
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

const CHAT = 'global-chat-channel';

/** What the port `Backplane` promises, as tests of whatever implements it. */
export function backplaneConformance(name: string, place: () => Promise<BackplanePlace>): void {
  const conforms = (sentence: string, run: (connect: () => Promise<Backplane>) => Promise<void>): void => {
    test(`${name}: ${sentence}`, { timeout: 10_000 }, async () => {
      const here = await place();
      const planes: Backplane[] = [];
      try {
        await run(async () => {
          const plane = await here.connect();
          planes.push(plane);
          return plane;
        });
      } finally {
        for (const plane of planes) await plane.close();
        await here.remove();
      }
    });
  };

  conforms(
    'a payload reaches every instance that listens, its own too, and the answer is their number',
    async (connect) => {
      const planes = [await connect(), await connect(), await connect()];
      const ears = planes.map(() => new Ear());
      for (const [i, ear] of ears.entries()) await planes[i]?.subscribe(CHAT, ear);
      assert.equal(await planes[0]?.publish(CHAT, 'hello'), 3);
      for (const ear of ears) await ear.until(() => ear.heard.length > 0);
      assert.deepEqual(
        ears.map((ear) => ear.heard),
        [['hello'], ['hello'], ['hello']],
      );
    },
  );

  conforms('what nobody listens to reaches 0', async (connect) => {
    const plane = await connect();
    assert.equal(await plane.publish(CHAT, 'hello'), 0);
  });

  conforms('two listeners of one instance both hear, and count as one instance', async (connect) => {
    const plane = await connect();
    const ears = [new Ear(), new Ear()];
    for (const ear of ears) await plane.subscribe(CHAT, ear);
    assert.equal(await plane.publish(CHAT, 'hello'), 1);
    for (const ear of ears) await ear.until(() => ear.heard.length > 0);
  });

  conforms('payloads of one publisher arrive in the order of the calls, each once', async (connect) => {
    const publisher = await connect();
    const ear = new Ear();
    await (await connect()).subscribe(CHAT, ear);
    const payloads = Array.from({ length: 500 }, (_, i) => `${i}`);
    await Promise.all(payloads.map((payload) => publisher.publish(CHAT, payload)));
    await ear.until(() => ear.heard.length >= payloads.length);
    assert.deepEqual(ear.heard, payloads);
  });

  conforms('what a listener publishes comes after what it heard, for everyone', async (connect) => {
    const [one, two] = [await connect(), await connect()];
    const ear = new Ear();
    const answers: Promise<number>[] = [];
    await one.subscribe(CHAT, {
      message: (payload) => void (payload === 'question' && answers.push(one.publish(CHAT, 'answer'))),
      resumed: () => undefined,
    });
    await two.subscribe(CHAT, ear);
    await one.publish(CHAT, 'question');
    await ear.until(() => ear.heard.length === 2);
    assert.deepEqual(ear.heard, ['question', 'answer']);
    assert.deepEqual(await Promise.all(answers), [2]);
  });

  conforms('channels do not hear one another', async (connect) => {
    const plane = await connect();
    const [typing, presence] = [new Ear(), new Ear()];
    await plane.subscribe('typing-channel', typing);
    await plane.subscribe('presence-channel', presence);
    await plane.publish('typing-channel', 't');
    await plane.publish('presence-channel', 'p');
    await typing.until(() => typing.heard.length > 0);
    await presence.until(() => presence.heard.length > 0);
    assert.deepEqual([typing.heard, presence.heard], [['t'], ['p']]);
  });

  conforms('a listener is told once, after it has subscribed, to read the truth', async (connect) => {
    const plane = await connect();
    const ear = new Ear();
    await plane.subscribe(CHAT, ear);
    await ear.until(() => ear.resumes > 0);
    assert.equal(ear.resumes, 1);
    assert.equal(plane.up, true);
  });

  conforms('any text goes through as it is, also 64 KB of it', async (connect) => {
    const plane = await connect();
    const ear = new Ear();
    await plane.subscribe(CHAT, ear);
    const payloads = ['', '\0', '😀\r\n', '{"a":"\\u0000"}', 'שלום', '日'.repeat(65_536)];
    for (const payload of payloads) await plane.publish(CHAT, payload);
    await ear.until(() => ear.heard.length >= payloads.length);
    assert.deepEqual(ear.heard, payloads);
  });

  conforms('after close nothing is heard, publishing rejects, and others go on', async (connect) => {
    const [leaving, staying] = [await connect(), await connect()];
    const [gone, ear] = [new Ear(), new Ear()];
    await leaving.subscribe(CHAT, gone);
    await staying.subscribe(CHAT, ear);
    await leaving.close();
    await leaving.close();
    await assert.rejects(leaving.publish(CHAT, 'late'));
    assert.equal(leaving.up, false);
    assert.equal(await staying.publish(CHAT, 'still here'), 1);
    await ear.until(() => ear.heard.length > 0);
    assert.deepEqual([gone.heard, ear.heard], [[], ['still here']]);
  });
}
