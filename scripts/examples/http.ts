import { createHash } from 'node:crypto';
import { acceptSteps, GUID } from '../../web/src/lab/model/accept.ts';
import { hexLines } from './show.ts';

/** The key of RFC 6455, section 1.3. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** The TCP handshake and the HTTP upgrade, as the pages show them. */
export async function httpExamples(): Promise<[id: string, text: string][]> {
  const steps = await acceptSteps(KEY);
  const accept = createHash('sha1')
    .update(KEY + GUID)
    .digest('base64');
  return [
    ['tcp-syn', hexLines(synSegment())],
    ['upgrade-request', upgradeRequest],
    [
      'upgrade-response',
      [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Accept: ${accept}`,
        'Sec-WebSocket-Protocol: v12.stomp',
      ].join('\n'),
    ],
    ['accept-steps', steps.map(({ name, value }) => `${name.padEnd(7)} ${value}`).join('\n')],
  ];
}

const upgradeRequest = [
  'GET /ws-endpoint HTTP/1.1',
  'Host: localhost:8080',
  'Origin: http://localhost:8080',
  'Upgrade: websocket',
  'Connection: Upgrade',
  `Sec-WebSocket-Key: ${KEY}`,
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Protocol: v12.stomp, v11.stomp',
].join('\n');

/** A SYN from 192.0.2.1:49152 to 192.0.2.2:8080 without options (RFC 9293, section 3.1). */
function synSegment(): Buffer {
  const segment = Buffer.alloc(20);
  segment.writeUInt16BE(49_152, 0);
  segment.writeUInt16BE(8_080, 2);
  segment.writeUInt32BE(1_000, 4);
  segment.writeUInt8(5 << 4, 12);
  segment.writeUInt8(0x02, 13);
  segment.writeUInt16BE(64_240, 14);
  const pseudo = Buffer.from([192, 0, 2, 1, 192, 0, 2, 2, 0, 6, 0, segment.length]);
  segment.writeUInt16BE(internetChecksum(Buffer.concat([pseudo, segment])), 16);
  return segment;
}

/** RFC 1071: the complement of the one's complement sum of 16-bit words. */
export function internetChecksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
