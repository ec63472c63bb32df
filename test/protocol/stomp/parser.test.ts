import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { headerOf } from '../../../server/protocol/stomp/frame.ts';
import { FrameError } from '../../../server/protocol/stomp/frame-error.ts';
import { FrameParser } from '../../../server/protocol/stomp/parser.ts';
import { parse, plain, readAll } from './frames.ts';

const refused = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof FrameError);
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

test('a frame has a command, headers in order, and a body up to the NUL', () => {
  const frames = parse('1.2', 'SEND\ndestination:/app/chat\nx:1\n\nhello\0');
  assert.deepEqual(frames.map(plain), [
    {
      command: 'SEND',
      headers: [
        ['destination', '/app/chat'],
        ['x', '1'],
      ],
      body: 'hello',
    },
  ]);
});

test('a frame may have neither headers nor a body', () => {
  assert.deepEqual(parse('1.2', 'DISCONNECT\n\n\0').map(plain), [{ command: 'DISCONNECT', headers: [], body: '' }]);
});

test('of repeated headers the first counts, and all are kept', () => {
  const [frame] = parse('1.2', 'SEND\nfoo:World\nfoo:Hello\n\n\0');
  assert.ok(frame);
  assert.equal(headerOf(frame, 'foo'), 'World');
  assert.equal(frame.headers.length, 2);
});

test('line ends between frames are heart-beats, and no frames', () => {
  assert.deepEqual(parse('1.2', '\n\r\n\n'), []);
  const frames = parse('1.2', '\n\nACK\nid:1\n\n\0\n\r\n\nNACK\nid:2\n\n\0\n');
  assert.deepEqual(
    frames.map((frame) => frame.command),
    ['ACK', 'NACK'],
  );
});

test('two frames in one chunk are two frames', () => {
  const frames = parse('1.2', 'ACK\nid:1\n\n\0SEND\ndestination:d\n\nb\0');
  assert.deepEqual(
    frames.map((frame) => [frame.command, plain(frame).body]),
    [
      ['ACK', ''],
      ['SEND', 'b'],
    ],
  );
});

test('content-length lets a body hold NULs', () => {
  const [frame, more] = parse('1.1', 'SEND\ncontent-length:5\n\na\0b\0c\0');
  assert.ok(frame);
  assert.equal(plain(frame).body, 'a\0b\0c');
  assert.equal(more, undefined);
});

test('content-length counts bytes, not characters', () => {
  const [frame] = parse('1.2', 'SEND\ncontent-length:4\n\n😀\0');
  assert.equal(frame && Buffer.from(frame.body).toString('utf8'), '😀');
});

test('content-length 0 is a frame without a body', () => {
  assert.deepEqual(
    parse('1.2', 'SEND\ncontent-length:0\n\n\0').map((frame) => frame.body.length),
    [0],
  );
});

test('of two content-lengths the first counts', () => {
  const [frame] = parse('1.2', 'SEND\ncontent-length:1\ncontent-length:3\n\na\0');
  assert.equal(frame && plain(frame).body, 'a');
});

test('a body longer than content-length says is refused', () => {
  assert.throws(() => parse('1.2', 'SEND\ncontent-length:2\n\nabc\0'), refused('invalid-frame', /content-length/));
});

for (const length of ['-1', '1.5', 'abc', '', '1e3', '0x10', ' 3']) {
  test(`content-length "${length}" is refused`, () => {
    assert.throws(
      () => parse('1.2', `SEND\ncontent-length:${length}\n\nabc\0`),
      refused('invalid-frame', /content-length/),
    );
  });
}

test('header escapes are undone as the version defines them', () => {
  const value = (version: '1.0' | '1.1' | '1.2', text: string) =>
    parse(version, `SEND\nh:${text}\n\n\0`)[0]?.headers[0]?.[1];
  assert.equal(value('1.0', 'a\\nb\\c'), 'a\\nb\\c');
  assert.equal(value('1.1', '\\n\\c\\\\\\\\n'), '\n:\\\\n');
  assert.equal(value('1.2', '\\r\\n\\c\\\\'), '\r\n:\\');
});

test('header names are unescaped too', () => {
  assert.deepEqual(parse('1.2', 'SEND\na\\cb:c\n\n\0')[0]?.headers, [['a:b', 'c']]);
});

for (const [version, sequence] of [
  ['1.1', '\\r'],
  ['1.1', '\\t'],
  ['1.2', '\\t'],
  ['1.2', '\\😀'],
  ['1.2', 'end\\'],
] as const) {
  test(`${sequence} is no escape of STOMP ${version}`, () => {
    assert.throws(() => parse(version, `SEND\nh:${sequence}\n\n\0`), refused('invalid-frame', /not an escape/));
  });
}

test('CONNECT and STOMP know no escapes, before and after the version is known', () => {
  for (const command of ['CONNECT', 'STOMP']) {
    for (const version of [undefined, '1.0', '1.1', '1.2'] as const) {
      assert.deepEqual(parse(version, `${command}\nlogin:a\\tb\\n\n\n\0`)[0]?.headers, [['login', 'a\\tb\\n']]);
    }
  }
});

test('a value may hold colons, and be empty', () => {
  assert.deepEqual(parse('1.2', 'SEND\nurl:http://x:1/\nempty:\n\n\0')[0]?.headers, [
    ['url', 'http://x:1/'],
    ['empty', ''],
  ]);
});

test('spaces around a header are trimmed in 1.0 only', () => {
  assert.deepEqual(parse('1.0', 'SEND\nreceipt: 1 \n\n\0')[0]?.headers, [['receipt', '1']]);
  assert.deepEqual(parse('1.1', 'SEND\nreceipt: 1 \n\n\0')[0]?.headers, [['receipt', ' 1 ']]);
});

test('lines may end in CR LF in 1.2 and before the version is known', () => {
  for (const version of [undefined, '1.2'] as const) {
    const [frame] = parse(version, '\r\nCONNECT\r\naccept-version:1.2\r\n\r\n\0');
    assert.deepEqual(frame && plain(frame), { command: 'CONNECT', headers: [['accept-version', '1.2']], body: '' });
  }
});

test('in 1.1 a CR is part of the value', () => {
  assert.deepEqual(parse('1.1', 'SEND\nh:a\r\n\n\0')[0]?.headers, [['h', 'a\r']]);
});

test('a line without a colon, and a header without a name, are refused', () => {
  assert.throws(() => parse('1.2', 'SEND\nnocolon\n\n\0'), refused('invalid-frame', /colon/));
  assert.throws(() => parse('1.2', 'SEND\n:value\n\n\0'), refused('invalid-frame', /name/));
});

test('a NUL before the end of the headers is refused without waiting for the line to end', () => {
  assert.throws(() => parse('1.2', 'CONNECT\0'), refused('invalid-frame', /NUL/));
  assert.throws(() => parse('1.2', 'SEND\nfoo:ba\0r\n\n\0'), refused('invalid-frame', /NUL/));
});

test('a header that is not UTF-8 is refused', () => {
  const bytes = Buffer.concat([Buffer.from('SEND\nh:'), Buffer.from([0xff, 0xfe]), Buffer.from('\n\n\0')]);
  assert.throws(() => parse('1.2', bytes), refused('invalid-frame', /UTF-8/));
});

test('an error names the receipt of its frame, where that came before', () => {
  assert.throws(
    () => parse('1.2', 'SEND\nreceipt:r-7\nnocolon\n\n\0'),
    (error) => error instanceof FrameError && error.receipt === 'r-7',
  );
});

test('after an error there are no more frames', () => {
  const parser = new FrameParser();
  parser.push(Buffer.from('SEND\nnocolon\n\n\0ACK\nid:1\n\n\0'));
  assert.throws(() => parser.read(), FrameError);
  parser.push(Buffer.from('ACK\nid:1\n\n\0'));
  assert.equal(parser.read(), undefined);
});

const frameOf = (bytes: number): string => `SEND\n\n${'x'.repeat(bytes - 7)}\0`;

test('a frame of exactly the limit is read, one byte more is too large', () => {
  assert.equal(frameOf(65_536).length, 65_536);
  assert.equal(parse('1.2', frameOf(65_536)).length, 1);
  assert.throws(() => parse('1.2', frameOf(65_537)), refused('too-large', /65536 bytes/));
});

test('a counted frame of exactly the limit is read, one byte more is refused as soon as it says so', () => {
  const head = 'SEND\ncontent-length:65510\n\n';
  const body = 'x'.repeat(65_536 - 1 - head.length);
  const exact = `SEND\ncontent-length:${body.length}\n\n`;
  assert.equal(parse('1.2', `${exact}${body}\0`).length, 1);
  assert.throws(() => parse('1.2', `SEND\ncontent-length:${body.length + 1}\n\n`), refused('too-large', /65536 bytes/));
  assert.throws(() => parse('1.2', 'SEND\ncontent-length:99999999999999999999999\n\n'), refused('too-large', /bytes/));
});

test('an endless line is refused when the limit is passed', () => {
  const parser = new FrameParser();
  assert.throws(
    () => {
      for (let i = 0; i < 100; i++) {
        parser.push(Buffer.alloc(1_000, 'a'));
        assert.equal(parser.read(), undefined);
      }
    },
    refused('too-large', /bytes/),
  );
});

test('the limit is one of a frame, not of a connection: heart-beats and many frames go on for ever', () => {
  const parser = new FrameParser({ frameBytes: 100, headers: 10 });
  for (let i = 0; i < 100; i++) {
    parser.push(Buffer.from('\n\n\n\nACK\nid:1\n\n\0\n'));
    assert.equal(readAll(parser).length, 1);
  }
  for (let i = 0; i < 200; i++) {
    parser.push(Buffer.from('\n'));
    assert.equal(parser.read(), undefined);
  }
});

test('100 headers are read, 101 are too many', () => {
  const frame = (count: number): string => `SEND\n${'h:v\n'.repeat(count)}\n\0`;
  assert.equal(parse('1.2', frame(100))[0]?.headers.length, 100);
  assert.throws(() => parse('1.2', frame(101)), refused('too-large', /100 headers/));
});

test('the version set while handling a frame counts for the frames behind it in the same chunk', () => {
  const parser = new FrameParser();
  parser.push(Buffer.from('CONNECT\na:\\n\n\n\0SEND\na:\\n\n\n\0'));
  assert.deepEqual(parser.read()?.headers, [['a', '\\n']]);
  parser.version = '1.2';
  assert.deepEqual(parser.read()?.headers, [['a', '\n']]);
});

test('frames that are not read yet wait, also over several chunks', () => {
  const parser = new FrameParser();
  parser.push(Buffer.from('ACK\nid:1\n\n\0ACK\nid:2\n\n\0AC'));
  assert.equal(parser.read()?.headers[0]?.[1], '1');
  parser.push(Buffer.from('K\nid:3\n'));
  parser.push(Buffer.from('\n\0ACK\nid:4\n\n\0'));
  assert.deepEqual(
    readAll(parser).map((frame) => frame.headers[0]?.[1]),
    ['2', '3', '4'],
  );
});

const conversation = Buffer.from(
  '\r\nSTOMP\r\naccept-version:1.2\r\n\r\n\0\n' +
    'SEND\ndestination:/app/ch\\cat\ncontent-length:6\nünï:😀\n\n\0a😀\0\n\n' +
    'SEND\ndestination:x\n\nöpen body\n\nwith lines\0' +
    'ACK\nid:1\n\n\0',
);

test('a conversation cut in two at any byte is the same conversation', () => {
  const whole = parse('1.2', conversation).map(plain);
  assert.equal(whole.length, 4);
  for (let at = 0; at <= conversation.length; at++) {
    const frames = parse('1.2', conversation.subarray(0, at), conversation.subarray(at)).map(plain);
    assert.deepEqual(frames, whole, `cut at ${at}`);
  }
});

test('a conversation that comes a byte at a time is the same conversation', () => {
  const bytes = [...conversation].map((byte) => Uint8Array.of(byte));
  assert.deepEqual(parse('1.2', ...bytes).map(plain), parse('1.2', conversation).map(plain));
});

test('a conversation cut in any parts, read now or later, is the same conversation', () => {
  const whole = parse('1.2', conversation).map(plain);
  const cuts = fc.array(fc.tuple(fc.nat(conversation.length), fc.boolean()), { maxLength: 12 });
  fc.assert(
    fc.property(cuts, (list) => {
      const parser = new FrameParser();
      parser.version = '1.2';
      const frames = [];
      let from = 0;
      for (const [to, readNow] of [...list].sort((a, b) => a[0] - b[0])) {
        parser.push(conversation.subarray(from, to));
        from = to;
        if (readNow) frames.push(...readAll(parser));
      }
      parser.push(conversation.subarray(from));
      frames.push(...readAll(parser));
      assert.deepEqual(frames.map(plain), whole);
    }),
    { numRuns: 500 },
  );
});

test('whatever bytes are changed, there are frames or a FrameError, and cutting changes nothing', () => {
  const mutation = fc.tuple(fc.nat(conversation.length - 1), fc.nat(255));
  const outcome = (...chunks: Uint8Array[]): unknown => {
    const parser = new FrameParser();
    parser.version = '1.2';
    const seen: unknown[] = [];
    try {
      for (const chunk of chunks) {
        parser.push(chunk);
        for (let frame = parser.read(); frame !== undefined; frame = parser.read()) seen.push(plain(frame));
      }
    } catch (error) {
      assert.ok(error instanceof FrameError);
      seen.push(error.code, error.message);
    }
    return seen;
  };
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 8 }), fc.nat(conversation.length), (mutations, at) => {
      const bytes = Buffer.from(conversation);
      for (const [index, byte] of mutations) bytes[index] = byte;
      assert.deepEqual(outcome(bytes.subarray(0, at), bytes.subarray(at)), outcome(bytes));
    }),
    { numRuns: 2_000 },
  );
});
