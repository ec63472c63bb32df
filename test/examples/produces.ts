import assert from 'node:assert/strict';
import { partitionOf } from '../../server/engines/kafka/tick-record.ts';
import { KafkaServer } from '../support/engines/kafka.ts';
import { EventStream } from '../support/event-stream.ts';
import { json, TestApp } from '../support/test-app.ts';
import { Program } from './program.ts';

const COUNT = 10;

/** Whether the ticks that an example writes into a real Kafka come out of a real instance: all, once, in order, as written. */
export async function produces(
  folder: string,
  command: string,
  args: (brokers: string, symbol: string, count: number) => readonly string[],
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const kafka = await KafkaServer.start();
  stack.defer(() => kafka.stop());
  const app = await TestApp.start({ KAFKA_BROKERS: kafka.brokers, MARKET_SOURCE: 'off' });
  stack.defer(() => app.close());
  const stream = await EventStream.open(`${app.url}/stream`);
  stack.defer(() => stream.close());
  assert.equal((await stream.next()).event, 'market-snapshot');
  await using program = new Program(folder, command, args(kafka.brokers.join(','), 'TEST-USD', COUNT));
  for (let offset = 0; offset < COUNT; offset++) {
    const written = await program.prints(new RegExp(`partition (\\d+) offset ${offset}: (.*)\\n`));
    assert.equal(Number(written[1]), partitionOf(Buffer.from('TEST-USD'), 3));
    const { event, data } = await stream.next();
    assert.equal(event, 'market-tick');
    const { symbol, price, change, time } = JSON.parse(data);
    assert.equal(symbol, 'TEST-USD');
    assert.ok(written[2]?.includes(`${price}`), `${written[2]} is not ${data}`);
    assert.ok(Math.abs(change) < 100 && Math.abs(time - Date.now()) < 600_000, data);
  }
  assert.equal(await program.ended(), 0, program.printed);
  // Nobody gives signs of life: what other programs write is live.
  assert.deepEqual((await json(app.get('/api/info'))).market, { state: 'live' });
}
