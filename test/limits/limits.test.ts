import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { beforeEach, test } from 'node:test';
import { Refusal } from '../../server/errors.ts';
import { type LimitSettings, Limits } from '../../server/limits/limits.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { testSettings } from '../support/test-app.ts';

let clock: ManualClock;
let limits: Limits;

function begin(changes: Partial<LimitSettings> = {}): void {
  clock = new ManualClock();
  limits = new Limits(testSettings(changes), clock);
}
beforeEach(() => begin());

function socketFrom(address: string): Socket {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: address });
  return socket;
}

function requestFrom(address: string, forwarded?: string): IncomingMessage {
  const request = new IncomingMessage(socketFrom(address));
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  return request;
}

/** Tries `what` so many times a second for so many seconds; returns how often it was not refused. */
function sustained(perSecond: number, seconds: number, what: () => Refusal | undefined): number {
  let passed = 0;
  for (let tenth = 0; tenth < seconds * 10; tenth++) {
    for (let i = 0; i < perSecond / 10; i++) if (what() === undefined) passed++;
    clock.advance(100);
  }
  return passed;
}

function sends(destination: string, address: string): () => Refusal | undefined {
  const allowance = limits.allowance(address);
  return () => {
    try {
      allowance.take(destination);
      return undefined;
    } catch (error) {
      assert.ok(error instanceof Refusal);
      return error;
    }
  };
}

/** The burst, and the rate while it lasted: in the last tenth of a second nobody tried any more. */
function nearly(count: number, { burst, rate, seconds }: { burst: number; rate: number; seconds: number }): void {
  const [least, most] = [burst + rate * (seconds - 0.1) - 2, burst + rate * seconds + 2];
  assert.ok(count >= least && count <= most, `${count} instead of ${least} to ${most}`);
}

test('60 s of ten times too many messages: a session gets its burst and 20 a second', () => {
  nearly(sustained(200, 60, sends('/app/chat', '192.0.2.1')), { burst: 100, rate: 20, seconds: 60 });
});

test('60 s of too many typing events: a session gets its burst and 10 a second, and its messages still pass', () => {
  nearly(sustained(200, 60, sends('/app/typing', '192.0.2.1')), { burst: 50, rate: 10, seconds: 60 });
  assert.equal(sends('/app/chat', '192.0.2.1')(), undefined);
});

test('sessions of one address together get 50 times as much; another address is not touched', () => {
  const sessions = Array.from({ length: 200 }, () => sends('/app/chat', '192.0.2.1'));
  let passed = 0;
  for (let tenth = 0; tenth < 600; tenth++) {
    for (const session of sessions) for (let i = 0; i < 2; i++) if (session() === undefined) passed++;
    clock.advance(100);
  }
  nearly(passed, { burst: 5_000, rate: 1_000, seconds: 60 });
  assert.equal(sends('/app/chat', '192.0.2.2')(), undefined);
});

test('messages by request and by session share what the address may send', () => {
  const request = requestFrom('192.0.2.1');
  nearly(
    sustained(10_000, 1, () => limits.message(request)),
    { burst: 5_000, rate: 1_000, seconds: 1 },
  );
  assert.equal(sends('/app/chat', '192.0.2.1')()?.code, undefined);
  for (let i = 0; i < 200; i++) limits.message(request);
  assert.equal(sends('/app/chat', '192.0.2.1')()?.code, 'too-fast');
});

test('60 s of too many requests: an address gets its burst and 1,000 a second', () => {
  const request = requestFrom('192.0.2.1');
  nearly(
    sustained(5_000, 60, () => limits.request(request)),
    { burst: 4_000, rate: 1_000, seconds: 60 },
  );
});

test('60 s of too many SockJS requests: an address gets its burst and 5,000 a second, and the page has its own', () => {
  const request = requestFrom('192.0.2.1');
  nearly(
    sustained(10_000, 60, () => limits.sockjs(request)),
    { burst: 20_000, rate: 5_000, seconds: 60 },
  );
  assert.equal(limits.request(request), undefined);
  assert.equal(limits.sockjs(requestFrom('192.0.2.2')), undefined);
});

test('60 s of 200 SockJS clients of one address that get and send as much as they may pass', () => {
  const request = requestFrom('192.0.2.1');
  // Twenty polls a second each, and of the 1,000 messages a second that the address may send, as many sends.
  assert.equal(
    sustained(200 * 20 + 1_000, 60, () => limits.sockjs(request)),
    200 * 20 * 60 + 1_000 * 60,
  );
});

test('60 s of too many connections: an address gets its burst and 500 a second', () => {
  begin({ MAX_CONNECTIONS_PER_ADDRESS: 0 });
  nearly(
    sustained(2_000, 60, () => limits.admit(socketFrom('192.0.2.1'))),
    { burst: 2_000, rate: 500, seconds: 60 },
  );
  assert.equal(limits.admit(socketFrom('192.0.2.2')), undefined);
});

test('a refusal says when to come again', () => {
  const send = sends('/app/chat', '192.0.2.1');
  for (let i = 0; i < 100; i++) send();
  const refusal = send();
  assert.equal(refusal?.code, 'too-fast');
  assert.match(refusal?.message ?? '', /messages in this session; there is room in 50 ms/);
  assert.deepEqual(refusal?.headers, { 'Retry-After': '1' });
});

test('with 0 there is no limit', () => {
  const none = { CHAT_RATE_LIMIT: 0, TYPING_RATE_LIMIT: 0, REQUEST_RATE_LIMIT: 0, CONNECT_RATE_LIMIT: 0 };
  begin({ ...none, SOCKJS_RATE_LIMIT: 0, MAX_CONNECTIONS: 0, MAX_CONNECTIONS_PER_ADDRESS: 0 });
  const [chat, typing] = [sends('/app/chat', '192.0.2.1'), sends('/app/typing', '192.0.2.1')];
  const request = requestFrom('192.0.2.1');
  for (let i = 0; i < 10_000; i++) {
    assert.equal(chat() ?? typing() ?? limits.request(request) ?? limits.message(request), undefined);
    assert.equal(limits.sockjs(request), undefined);
    assert.equal(limits.admit(socketFrom('192.0.2.1')), undefined);
  }
});

test('connections count until they are closed, by address and in all', async () => {
  begin({ MAX_CONNECTIONS: 3, MAX_CONNECTIONS_PER_ADDRESS: 2 });
  const first = socketFrom('192.0.2.1');
  assert.equal(limits.admit(first), undefined);
  assert.equal(limits.admit(socketFrom('::ffff:192.0.2.1')), undefined);
  assert.equal(limits.admit(socketFrom('192.0.2.1'))?.code, 'too-many-connections');
  assert.equal(limits.admit(socketFrom('192.0.2.2')), undefined);
  assert.equal(limits.admit(socketFrom('192.0.2.3'))?.code, 'server-full');
  first.destroy();
  await new Promise((resolve) => first.once('close', resolve));
  assert.equal(limits.connections.all, 2);
  assert.equal(limits.admit(socketFrom('192.0.2.1')), undefined);
});

test('a socket that a stream has taken from the HTTP server counts on', async () => {
  const socket = socketFrom('192.0.2.1');
  limits.admit(socket);
  socket.emit('close', false);
  socket.removeAllListeners();
  await Promise.resolve();
  assert.equal(limits.connections.of('192.0.2.1'), 1);
  socket.destroy();
  await new Promise((resolve) => socket.once('close', resolve));
  assert.equal(limits.connections.of('192.0.2.1'), 0);
  assert.equal(limits.connections.all, 0);
});

test('IPv6 neighbours of a /64 count together', () => {
  begin({ MAX_CONNECTIONS_PER_ADDRESS: 1 });
  assert.equal(limits.admit(socketFrom('2001:db8::1')), undefined);
  assert.equal(limits.admit(socketFrom('2001:db8::2'))?.code, 'too-many-connections');
  assert.equal(limits.admit(socketFrom('2001:db8:0:1::1')), undefined);
});

test('the connections of a trusted proxy are not its own: those that it carries count by their addresses', () => {
  begin({ MAX_CONNECTIONS_PER_ADDRESS: 1, TRUST_PROXY: ['10.0.0.0/8'] });
  for (let i = 0; i < 5_000; i++) assert.equal(limits.admit(socketFrom('10.0.0.1')), undefined);
  assert.equal(limits.connections.all, 5_000);
  assert.equal(limits.join(requestFrom('10.0.0.1', '192.0.2.1')), undefined);
  assert.equal(limits.join(requestFrom('10.0.0.1', '192.0.2.1'))?.code, 'too-many-connections');
  assert.equal(limits.join(requestFrom('10.0.0.1', '192.0.2.2')), undefined);
  // Where no proxy stands between, it has been counted already.
  assert.equal(limits.join(requestFrom('192.0.2.9')), undefined);
  assert.equal(limits.join(requestFrom('192.0.2.9')), undefined);
});
