import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { clientAddresses } from '../../server/limits/client-address.ts';

/** A request from this address, with this header. */
function request(from: string | undefined, forwarded?: string): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: from });
  const message = new IncomingMessage(socket);
  if (forwarded !== undefined) message.headers['x-forwarded-for'] = forwarded;
  return message;
}

const PROXY = '10.0.0.1';
const cases: readonly (readonly [
  says: string,
  trusted: readonly string[],
  from: string,
  header: string,
  is: string,
])[] = [
  ['nobody is trusted unless named', [], PROXY, '192.0.2.1', PROXY],
  ['a stranger is not believed', [PROXY], '198.51.100.1', '192.0.2.1', '198.51.100.1'],
  ['a trusted proxy is', [PROXY], PROXY, '192.0.2.1', '192.0.2.1'],
  ['of what strangers wrote before it nothing is', [PROXY], PROXY, '1.1.1.1, 2.2.2.2, 192.0.2.1', '192.0.2.1'],
  ['trusted proxies in a row are passed by', ['10.0.0.0/8'], PROXY, '1.1.1.1, 192.0.2.1, 10.9.9.9', '192.0.2.1'],
  ['where all are proxies it is the left-most', ['10.0.0.0/8'], PROXY, '10.3.3.3, 10.2.2.2', '10.3.3.3'],
  ['nonsense is the proxy itself', [PROXY], PROXY, 'unknown', PROXY],
  ['nonsense ends the search', ['10.0.0.0/8'], PROXY, '192.0.2.1, _hidden, 10.2.2.2', '10.2.2.2'],
  ['an empty header is the proxy itself', [PROXY], PROXY, '', PROXY],
  ['blanks and commas do no harm', [PROXY], PROXY, ' ,,, ,192.0.2.1 ', '192.0.2.1'],
  ['a port is left off', [PROXY], PROXY, '192.0.2.1:5555', '192.0.2.1'],
  ['IPv6 is an address', [PROXY], PROXY, '2001:db8::1', '2001:db8::1'],
  ['also in brackets', [PROXY], PROXY, '[2001:db8::1]:443', '2001:db8::1'],
  ['a proxy that comes by IPv6 is known by IPv4', [PROXY], '::ffff:10.0.0.1', '::ffff:192.0.2.1', '192.0.2.1'],
  ['loopback is a name', ['loopback'], '127.0.0.9', '192.0.2.1', '192.0.2.1'],
  ['loopback has IPv6', ['loopback'], '::1', '192.0.2.1', '192.0.2.1'],
  ['private is a name', ['private'], '172.20.0.3', '192.0.2.1', '192.0.2.1'],
  ['private ends where it does', ['private'], '172.32.0.3', '192.0.2.1', '172.32.0.3'],
  ['IPv6 networks work', ['2001:db8::/32'], '2001:db8:9::1', '192.0.2.1', '192.0.2.1'],
];
for (const [says, trusted, from, header, is] of cases) {
  test(says, () => assert.equal(clientAddresses(trusted).of(request(from, header)), is));
}

test('a header of a million hops costs no more than one of a few', () => {
  const addresses = clientAddresses(['private']);
  const hops = new Array(1_000_000).fill('10.1.1.1').join();
  assert.equal(addresses.of(request(PROXY, `192.0.2.1,${hops}`)), '10.1.1.1');
});

test('a request without the header, and one over a Unix socket', () => {
  const addresses = clientAddresses([PROXY]);
  assert.equal(addresses.of(request(PROXY)), PROXY);
  assert.equal(addresses.of(request(undefined, '192.0.2.1')), '');
  assert.equal(addresses.isProxy('::ffff:10.0.0.1'), true);
  assert.equal(addresses.isProxy(''), false);
});
