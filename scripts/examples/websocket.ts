import { constants, deflateRawSync } from 'node:zlib';
import { textFrame } from '../../server/protocol/websocket/text-frame.ts';
import { explainFrame, unmask } from '../../web/src/lab/model/websocket-frame.ts';
import { hexLines, partLines } from './show.ts';

/** The masking key of the examples in RFC 6455, section 5.7. */
const KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);
const HELLO = Buffer.from('Hello');

/** WebSocket frames and compression, as the pages show them. */
export function webSocketExamples(): [id: string, text: string][] {
  const masked = Buffer.concat([Uint8Array.of(0x81, 0x80 | HELLO.length), KEY, unmask(HELLO, KEY)]);
  const plain = textFrame(HELLO);
  const close = Buffer.concat([Uint8Array.of(0x88, 0x05, 0x03, 0xe9), Buffer.from('bye')]);
  const compressed = permessageDeflate(HELLO);
  const deflated = Buffer.concat([Uint8Array.of(0xc1, compressed.length), compressed]);
  return [
    ['ws-masked', hexLines(masked)],
    ['ws-masked-bits', partLines(explainFrame(masked, { from: 'client' }).parts)],
    ['ws-unmask', unmasking(HELLO)],
    ['ws-plain', hexLines(plain)],
    ['ws-lengths', lengths()],
    ['ws-pieces', ['01 03 48 65 6c', '80 02 6c 6f'].join('\n')],
    ['ws-close-bits', partLines(explainFrame(close, { from: 'server' }).parts)],
    ['deflate-hello', hexLines(deflated)],
    ['deflate-bits', partLines(explainFrame(deflated, { from: 'server', deflate: true }).parts)],
  ];
}

/** One message of permessage-deflate (RFC 7692, section 7.2.1): the empty block of the flush loses its 00 00 ff ff. */
export function permessageDeflate(message: Uint8Array): Buffer {
  return deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

/** Byte by byte: what is on the wire, the key over and over, and what the two make. */
function unmasking(text: Buffer): string {
  const key = text.map((_, at) => KEY[at % KEY.length] ?? 0);
  const line = (name: string, bytes: Uint8Array): string => `${name.padEnd(9)}${hexLines(bytes)}`;
  const letters = [...text.toString()].map((letter) => letter.padEnd(2)).join(' ');
  return [
    line('payload', unmask(text, KEY)),
    line('key', key),
    line('xor', text),
    `${'text'.padEnd(9)}${letters.trimEnd()}`,
  ].join('\n');
}

function lengths(): string {
  const head = (size: number): string => {
    const bytes = size < 126 ? 2 : size < 65_536 ? 4 : 10;
    return `${`${size}`.padStart(6)} bytes: ${hexLines(textFrame(Buffer.alloc(size)).subarray(0, bytes))}`;
  };
  return [5, 125, 126, 65_535, 65_536].map(head).join('\n');
}
