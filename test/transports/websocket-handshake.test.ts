// RFC 6455 section 4.2: the handshake, as the whole server answers it.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { rawRequest } from '../support/raw-http.ts';
import { frame, handshake } from '../support/raw-websocket.ts';
import { TestApp } from '../support/test-app.ts';

let app: TestApp;

before(async () => {
  app = await TestApp.start();
});
after(() => app.close());

const ask = (request: Parameters<typeof handshake>[0]): Promise<string> =>
  rawRequest(app.app.port, handshake({ ...request, headers: { ...request?.headers } }));

const refused: readonly (readonly [says: string, status: number, code: string, Parameters<typeof handshake>[0]])[] = [
  ['4.2.1: HTTP/1.0 gets 400', 400, 'invalid-request', { version: '1.0' }],
  ['4.2.1: HTTP/0.9 gets 400', 400, 'invalid-request', { version: '0.9' }],
  ['4.2.1: two Hosts get 400', 400, 'invalid-request', { headers: { host: 'elsewhere.example' } }],
  ['4.2.1: no Host gets 400', 400, 'invalid-request', { headers: { Host: undefined } }],
  ['4.2.1: an empty Host gets 400', 400, 'invalid-request', { headers: { Host: '' } }],
  ['4.2.1: no key gets 400', 400, 'invalid-request', { headers: { 'Sec-WebSocket-Key': undefined } }],
  ['4.2.1: a key that is not 16 bytes gets 400', 400, 'invalid-request', { headers: { 'Sec-WebSocket-Key': 'eA==' } }],
  ['4.1: POST gets 405', 405, 'method-not-allowed', { method: 'POST' }],
  ['4.4: no version gets 426', 426, 'upgrade-required', { headers: { 'Sec-WebSocket-Version': undefined } }],
  ['4.4: version 8 gets 426', 426, 'upgrade-required', { headers: { 'Sec-WebSocket-Version': '8' } }],
  ['4.4: version 99 gets 426', 426, 'upgrade-required', { headers: { 'Sec-WebSocket-Version': '99' } }],
  ['an unknown path gets 404', 404, 'not-found', { path: '/elsewhere' }],
  ['another origin gets 403', 403, 'origin-refused', { headers: { Origin: 'http://evil.example' } }],
  ['the origin null gets 403', 403, 'origin-refused', { headers: { Origin: 'null' } }],
];
for (const [says, status, code, request] of refused) {
  test(says, async () => {
    const answer = await ask(request);
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
    assert.match(answer, new RegExp(`"code":"${code}"`));
    assert.match(answer, /^Connection: close\r$/im);
    if (status === 426) assert.match(answer, /^Sec-WebSocket-Version: 13\r$/im);
  });
}

for (const [says, headers] of [
  ['a Connection without the token Upgrade', { Connection: 'close' }],
  ['no Connection', { Connection: undefined }],
  ['no Upgrade', { Upgrade: undefined, Connection: 'close' }],
  ['an Upgrade to something else', { Upgrade: 'h2c', Connection: 'Upgrade, close' }],
] as const) {
  test(`4.2.1: ${says} is a plain request, and told to upgrade`, async () => {
    // The plain GET of /ws-endpoint itself is SockJS's greeting.
    const request = handshake({ path: '/ws-endpoint/websocket', headers });
    const answer = await rawRequest(app.app.port, request, /upgrade-required/);
    assert.match(answer, /^HTTP\/1\.1 426 /);
    assert.match(answer, /^Upgrade: websocket\r$/im);
    assert.match(answer, /^Sec-WebSocket-Version: 13\r$/im);
  });
}

for (const headers of [
  { Connection: 'keep-alive, Upgrade' },
  { Connection: 'upgrade', Upgrade: 'WebSocket' },
  { Origin: 'http://localhost' },
  { 'Sec-WebSocket-Protocol': 'mqtt, v11.stomp, v12.stomp' },
  { 'Sec-WebSocket-Extensions': 'x-unknown; a=1' },
]) {
  test(`4.2.1: ${JSON.stringify(headers)} is taken`, async () => {
    assert.match(await rawRequest(app.app.port, handshake({ headers }), /\r\n\r\n/), /^HTTP\/1\.1 101 /);
  });
}

for (const path of ['http://localhost/ws-endpoint', 'HTTPS://localhost:8443/ws-endpoint?a=b']) {
  test(`4.1: ${path} is the same resource`, async () => {
    assert.match(await rawRequest(app.app.port, handshake({ path }), /\r\n\r\n/), /^HTTP\/1\.1 101 /);
  });
}

test('4.2.2: frames that come in one piece with the request are read', async () => {
  const frames = ['CONNECT\naccept-version:1.2\n\n\0', 'DISCONNECT\nreceipt:bye\n\n\0'].map((payload) =>
    frame({ payload }),
  );
  const socket = connect(app.app.port, '127.0.0.1').setEncoding('latin1');
  socket.write(Buffer.concat([Buffer.from(handshake()), ...frames]));
  let answer = '';
  for await (const text of socket) {
    answer += text;
    if (answer.includes('receipt-id:bye')) break;
  }
  assert.match(answer, /^HTTP\/1\.1 101 .*CONNECTED\nversion:1\.2\n.*RECEIPT\nreceipt-id:bye\n/s);
});

for (const headers of [
  { 'Sec-WebSocket-Protocol': 'a,,b' },
  { 'Sec-WebSocket-Extensions': 'permessage-deflate; server_max_window_bits=99' },
  { 'Sec-WebSocket-Extensions': ';;' },
]) {
  test(`4.2.1: ${JSON.stringify(headers)} gets 400`, async () => {
    assert.match(await ask({ headers }), /^HTTP\/1\.1 400 /);
  });
}
