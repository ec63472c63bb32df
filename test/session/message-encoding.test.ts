import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Topic } from '../../server/session/destinations.ts';
import { type MessageForm, messageEncoding } from '../../server/session/message-encoding.ts';
import { webSocketWire } from '../../server/transports/websocket-pipe.ts';
import { plainWire, Stage } from './stage.ts';

const form = (more: Partial<MessageForm> = {}): MessageForm => ({
  wire: plainWire,
  version: '1.2',
  destination: '/topic/news',
  subscription: 'sub-0',
  ...more,
});
const topic = (): Topic<string> => new Stage().destinations.topic('/topic/news');

test('clients who number alike share bytes', () => {
  assert.equal(messageEncoding(topic(), form()).key, messageEncoding(topic(), form()).key);
});

test('forms that make other bytes have other keys', () => {
  const text = fc.oneof(fc.constantFrom('a', 'a:b', 'b', ':', '\n', 'a\nb', '\\n', ''), fc.string());
  const any = fc.record({
    version: fc.constantFrom('1.0', '1.1', '1.2'),
    destination: text,
    subscription: text,
    wire: fc.constantFrom(plainWire, webSocketWire),
    acknowledged: fc.boolean(),
  });
  fc.assert(
    fc.property(any, any, (a, b) => {
      const [one, other] = [messageEncoding(topic(), a), messageEncoding(topic(), b)];
      if (one.key !== other.key) return;
      assert.deepEqual(one.encode('x', 1), other.encode('x', 1));
    }),
    {
      numRuns: 500,
      examples: [[form({ destination: 'b', subscription: 'a:' }), form({ destination: ':b', subscription: 'a' })]],
    },
  );
});

test('values are escaped by version', () => {
  const bytes = (version: '1.0' | '1.1' | '1.2'): string =>
    Buffer.from(messageEncoding(topic(), form({ version, subscription: 'a:b' })).encode('x', 7)).toString();
  assert.match(bytes('1.0'), /^MESSAGE\nsubscription:a:b\nmessage-id:m:7\n(.*\n)*kind:a:b\n\n"x"\0$/);
  for (const version of ['1.1', '1.2'] as const) {
    assert.match(bytes(version), /^MESSAGE\nsubscription:a\\cb\nmessage-id:m\\c7\n(.*\n)*kind:a\\cb\n\n"x"\0$/);
  }
});

test('what is acknowledged goes out message by message, also where many could be one block', () => {
  const together = (events: readonly Uint8Array[]): Uint8Array => Buffer.concat(events);
  const wire = { ...webSocketWire, blocks: { bytes: 1_000, pack: together, wrap: together } };
  const key = (acknowledged: boolean) => Object.keys(messageEncoding(topic(), form({ wire, acknowledged })));
  assert.deepEqual([key(false).includes('blocks'), key(true).includes('blocks')], [true, false]);
});

test('a message is wrapped for its wire', () => {
  const plain = messageEncoding(topic(), form()).encode('x', 7);
  const framed = messageEncoding(topic(), form({ wire: webSocketWire })).encode('x', 7);
  assert.deepEqual(framed, webSocketWire.wrap(plain));
  assert.equal(framed[0], 0x81);
});

test('what is nothing for STOMP has no bytes on any wire', () => {
  assert.equal(messageEncoding(topic(), form({ wire: webSocketWire })).encode('nothing for STOMP', 0).length, 0);
});
