import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestApp } from '../support/test-app.ts';

const SITE = 'https://example.org';

async function withApp(allowed: readonly string[], use: (app: TestApp) => Promise<void>): Promise<void> {
  const app = await TestApp.start({ ALLOWED_ORIGINS: allowed });
  try {
    await use(app);
  } finally {
    await app.close();
  }
}

function preflight(app: TestApp, origin: string): Promise<Response> {
  return fetch(`${app.url}/api/chat/messages`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
  });
}

test('a page of an allowed site may read the answers, errors too', () =>
  withApp([SITE], async (app) => {
    for (const path of ['/api/info', '/api/chat/messages?limit=0', '/api/nowhere']) {
      const { headers } = await app.get(path, { origin: SITE });
      assert.equal(headers.get('access-control-allow-origin'), SITE, path);
      assert.match(headers.get('vary') ?? '', /Origin/i);
    }
  }));

test('its preflight is answered', () =>
  withApp([SITE], async (app) => {
    const { status, headers } = await preflight(app, SITE);
    assert.equal(status, 204);
    assert.equal(headers.get('access-control-allow-origin'), SITE);
    assert.match(headers.get('access-control-allow-methods') ?? '', /POST/);
    assert.equal(headers.get('access-control-allow-headers'), 'Content-Type, Authorization, Idempotency-Key');
    assert.equal(headers.get('access-control-max-age'), '86400');
  }));

test('a page of another site may not, and caches are told that it depends', () =>
  withApp([SITE], async (app) => {
    for (const { headers } of [
      await app.get('/api/info', { origin: 'https://evil.example' }),
      await preflight(app, 'https://example.org.evil.example'),
      await app.get('/api/info'),
    ]) {
      assert.equal(headers.get('access-control-allow-origin'), null);
      assert.equal(headers.get('access-control-allow-methods'), null);
      assert.match(headers.get('vary') ?? '', /Origin/i);
    }
  }));

test('with * every site may', () =>
  withApp(['*'], async (app) => {
    const { headers } = await app.get('/api/info', { origin: SITE });
    assert.equal(headers.get('access-control-allow-origin'), '*');
  }));

test('without allowed sites there is no such header', () =>
  withApp([], async (app) => {
    const { headers } = await preflight(app, SITE);
    assert.equal(headers.get('access-control-allow-origin'), null);
    assert.equal(headers.get('access-control-allow-methods'), null);
  }));
