import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { problemsOf } from '../../../web/src/lab/model/part.ts';
import { explainEnvelope, explainSent, type SockJsTransport } from '../../../web/src/lab/model/sockjs.ts';

const stomp = 'MESSAGE\ndestination:/topic/chat\n\n{"content":"hé"}\0';
const frame = `a${JSON.stringify([stomp])}`;
const envelopes: Readonly<Record<SockJsTransport, string>> = {
  websocket: frame,
  xhr: `${frame}\n`,
  'xhr-streaming': `${frame}\n`,
  eventsource: `data: ${frame}\r\n\r\n`,
  htmlfile: `<script>\np(${JSON.stringify(frame)});\n</script>\r\n`,
  jsonp: `/**/callback(${JSON.stringify(frame)});\r\n`,
};
const transports = Object.keys(envelopes) as SockJsTransport[]; // keys of a constant

for (const transport of transports) {
  test(`the envelope of ${transport} gives back the messages inside`, () => {
    const bytes = Buffer.from(envelopes[transport]);
    const { parts, messages, length, missing } = explainEnvelope(bytes, transport);
    assert.deepEqual([messages, length, missing, problemsOf(parts)], [[stomp], bytes.length, 0, []]);
    let at = 0;
    for (const { bits } of parts) {
      assert.equal(bits.from, at);
      at = bits.to;
    }
    assert.equal(at, bytes.length * 8);
  });
}

test('open, heart-beat and close are told', () => {
  const text = (bytes: string) => explainEnvelope(Buffer.from(bytes), 'xhr').parts[0]?.text;
  assert.equal(text('o\n'), 'Open: the session begins.');
  assert.equal(text('h\n'), 'Heart-beat: the session lives.');
  assert.equal(text('c[3000,"Go away!"]\n'), 'Close: 3000, Go away!.');
});

test('the prelude of xhr-streaming is told', () => {
  const { parts, length } = explainEnvelope(Buffer.from(`${'h'.repeat(2_048)}\no\n`), 'xhr-streaming');
  assert.deepEqual([parts[0]?.name, length], ['prelude', 2_049]);
});

test('what a client sends is an array of messages, over jsonp_send as a form', () => {
  assert.deepEqual(explainSent(Buffer.from('["a","b"]')).messages, ['a', 'b']);
  assert.deepEqual(explainSent(Buffer.from(`d=${encodeURIComponent('["a+b c"]')}`)).messages, ['a+b c']);
});

test('what is wrong is told', () => {
  const problems = (text: string) => problemsOf(explainEnvelope(Buffer.from(text), 'websocket').parts).join();
  assert.match(problems('x'), /begins with o, h, a, m or c/);
  assert.match(problems('a{}'), /array of strings/);
  assert.match(problems('c[]'), /a code and a reason/);
  assert.match(problemsOf(explainSent(Buffer.from('"a"')).parts).join(), /array of strings/);
});

test('any bytes are explained, and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...transports), (any, transport) => {
      const bytes = Buffer.from(any);
      assert.ok(explainEnvelope(bytes, transport).length <= bytes.length);
      explainSent(bytes);
    }),
  );
});
