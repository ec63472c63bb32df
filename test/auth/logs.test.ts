import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServerProcess } from '../support/server-process.ts';
import { StompClient } from '../support/stomp-client.ts';
import { makeToken, SECRET } from '../support/tokens.ts';

test('no token and no secret is in what a server writes, whatever is done with them', async () => {
  const server = await ServerProcess.create({ AUTH: 'jwt', JWT_SECRET: SECRET, LOG_LEVEL: 'debug' });
  const good = await makeToken();
  const tokens = [
    good,
    await makeToken({ name: 'Bob' }, { lasts: -100 }),
    await makeToken({ scope: '' }),
    await makeToken({ iss: 'elsewhere' }, { key: Buffer.from('another secret of the tests, yes.') }),
    'an-opaque-token-of-somebody',
  ];
  try {
    await server.start();
    for (const token of tokens) {
      const headers = { authorization: `Bearer ${token}`, connection: 'close' };
      await (await fetch(`${server.url}/api/chat/messages`, { headers })).text();
      await (await fetch(`${server.url}/api/chat/messages?limit=x&access_token=${token}`)).text();
      await (await fetch(`${server.url}/nothing?access_token=${token}`)).text();
      await (await fetch(`${server.url}/stream?access_token=${token}`, { headers })).body?.cancel();
      await (await fetch(`${server.url}/stream?symbols=%ff&access_token=${token}`)).body?.cancel();
      await (
        await fetch(`${server.url}/ws-endpoint/000/x${token.length}/xhr?access_token=${token}`, { method: 'POST' })
      ).text();
      const client = await StompClient.open(server.url, `?access_token=${token}`);
      client.send('CONNECT', { 'accept-version': '1.2', host: 'x', passcode: token });
      const { command } = await client.frame(() => true);
      if (command === 'CONNECTED') {
        client.send('SEND', { destination: '/app/token', receipt: 'r' }, JSON.stringify({ token }));
        await client.frame(() => true);
      }
      await client.close();
    }
    await server.stop();
    const { output } = server;
    assert.match(output, /A STOMP session is refused/, 'it does log');
    for (const secret of [SECRET, ...tokens, ...tokens.flatMap((token) => token.split('.').slice(1))])
      assert.ok(!output.includes(secret), `${secret} is in the log`);
  } finally {
    await server.dispose();
  }
});
