import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { clientAddresses } from '../../server/limits/client-address.ts';
import { parsePath } from '../../server/protocol/sockjs/path.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** What 1,000 results hold, in bytes each. */
function heldBy(make: (number: number) => unknown): number {
  const kept: unknown[] = new Array(1_000).fill(undefined);
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < kept.length; i++) kept[i] = make(i);
  collect();
  const after = process.memoryUsage().heapUsed;
  assert.ok(kept.every((each) => each !== undefined));
  return (after - before) / kept.length;
}

const LONG = 15_000;

test('an address does not keep the header that it stood in', () => {
  const addresses = clientAddresses(['loopback']);
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: '127.0.0.1' });
  const held = heldBy((number) => {
    const request = new IncomingMessage(socket);
    const lie = Buffer.alloc(LONG, 'x').toString('latin1');
    request.headers['x-forwarded-for'] = Buffer.from(`${lie}, 192.168.100.${number % 250}`).toString('latin1');
    return addresses.of(request);
  });
  assert.ok(held < 1_000, `${held} bytes`);
});

test('the id of a SockJS session does not keep the URL that it stood in', () => {
  const held = heldBy((number) => {
    const url = Buffer.from(`/000/${`${number}`.padStart(20, 's')}/xhr${'x'.repeat(20)}?${'x'.repeat(LONG)}`);
    const path = url
      .toString('latin1')
      .split('?')[0]
      ?.replace(/x{20}$/, '');
    const place = parsePath(path ?? '');
    return place?.kind === 'session' ? place.session : undefined;
  });
  assert.ok(held < 1_000, `${held} bytes`);
});
