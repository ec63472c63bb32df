import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { StoreDown } from '../../../server/engines/message-store.ts';
import { recordingLog } from '../../chat/recording-log.ts';
import { MysqlServer } from '../../support/engines/mysql.ts';
import { draft, open, until, withStores } from './stores.ts';

const OPENSSL = 'openssl';

let server: MysqlServer;
before(async () => {
  server = await MysqlServer.start();
});
after(() => server.dispose());

/** The server's URL for another user. */
function urlFor(user: string, password: string, database: string): string {
  return `mysql://${user}:${password}@127.0.0.1:${server.port}/${database}`;
}

/** Refused with one line that says this and not the password. */
async function refuses(url: string, says: RegExp): Promise<void> {
  await assert.rejects(open(url), (error) => {
    assert.ok(error instanceof StoreDown);
    assert.match(error.message, says);
    assert.doesNotMatch(error.message, /\n|secret/);
    return true;
  });
}

test('a URL without a database makes and uses websockets_db', () =>
  withStores([server.url], async (store) => {
    await store.commit([draft()]);
    const rows = await server.administer('SELECT head FROM websockets_db.chat_room');
    assert.deepEqual(rows, [{ head: 1 }]);
  }));

test('it waits for a server that is not there yet, and says what for', async () => {
  const late = await MysqlServer.create();
  try {
    const { log, lines } = recordingLog();
    const opening = open(late.newUrl(), { log });
    await until(() => lines.length >= 2);
    for (const line of lines) {
      assert.equal(line.level, 'warn');
      assert.match(line.text, /^waiting for the database mysql:\/\/127\.0\.0\.1:\d+\/\w+: nothing listens there/);
    }
    await late.start();
    const store = await opening;
    assert.equal(await store.head('global'), 0);
    assert.equal(store.up, true);
    await store.close();
  } finally {
    await late.dispose();
  }
});

test('when its patience ends it says what it waited for', async () => {
  const nobody = await MysqlServer.create();
  try {
    await assert.rejects(
      open(nobody.newUrl(), { patience: 200 }),
      /cannot use the database mysql:.*nothing listens there.*: start it, or correct MYSQL_URL$/,
    );
  } finally {
    await nobody.dispose();
  }
});

test('a wrong password is told at once', async () => {
  await server.administer("CREATE USER careful@'%' IDENTIFIED BY 'right'");
  await refuses(urlFor('careful', 'secret', 'chat'), /cannot use the database .*: the user or the password is wrong/);
});

test('a user who may not make the database is told what to grant', async () => {
  await server.administer("CREATE USER nobody@'%' IDENTIFIED BY 'secret'");
  await refuses(
    urlFor('nobody', 'secret', 'chat'),
    /no right to this database.*GRANT SELECT, INSERT.* ON `chat`\.\* TO 'nobody'/,
  );
});

test('a user who may not write is told what to grant', async () => {
  const url = server.newUrl();
  const database = new URL(url).pathname.slice(1);
  await withStores([url], async () => undefined);
  await server.administer(`CREATE USER reader@'%' IDENTIFIED BY 'secret'; GRANT SELECT ON ${database}.* TO reader@'%'`);
  await refuses(urlFor('reader', 'secret', database), /lacks a right on the tables.*GRANT SELECT, INSERT/);
});

test('what the help grants is enough', async () => {
  await server.administer(
    `CREATE DATABASE granted; CREATE USER enough@'%' IDENTIFIED BY 'secret';
     GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX ON granted.* TO enough@'%'`,
  );
  await withStores([urlFor('enough', 'secret', 'granted')], async (store) => {
    const [outcome] = await store.commit([draft()]);
    assert.equal(outcome?.kind, 'stored');
  });
});

test('a server that is read-only is waited for', async () => {
  const { log, lines } = recordingLog();
  await server.administer("CREATE USER plain@'%' IDENTIFIED BY 'secret'; GRANT ALL ON plain.* TO plain@'%'");
  await server.administer('SET GLOBAL read_only = 1');
  const opening = open(urlFor('plain', 'secret', 'plain'), { log });
  await until(() => lines.length > 0);
  assert.match(lines[0]?.text ?? '', /waiting .*: the database is read-only/);
  await server.administer('SET GLOBAL read_only = 0');
  await (await opening).close();
});

test('tables of before there was moderation are brought up, also where that was cut in its middle', async () => {
  const url = server.newUrl();
  const database = new URL(url).pathname.slice(1);
  await withStores([url], async (store) => void (await store.commit([draft()])));
  const tables = ['chat_erased', 'chat_mute', 'chat_room_rules', 'chat_word', 'chat_audit'];
  // First as it was before, then with the first statement of the step done and the others not.
  for (const undo of ['ALTER TABLE chat_message DROP COLUMN target', 'DO 0']) {
    const drops = tables.map((table) => `DROP TABLE ${table}`).join('; ');
    await server.administer(
      `USE ${database}; ${undo}; ${drops}; UPDATE chat_meta SET value = 1 WHERE name = 'version'`,
    );
    await withStores([url], async (store) => {
      assert.equal((await store.after('global', 0, 10)).length, 1);
      assert.deepEqual((await store.moderation.read())?.words, []);
    });
  }
});

test('tables of a newer form are refused', async () => {
  const url = server.newUrl();
  await withStores([url], async () => undefined);
  await server.administer(`UPDATE ${new URL(url).pathname.slice(1)}.chat_meta SET value = 1000 WHERE name = 'version'`);
  await refuses(url, /form 1000, made by a newer version/);
});

test('a server that takes only small packets is refused', async () => {
  await server.administer('SET GLOBAL max_allowed_packet = 1048576');
  try {
    await refuses(server.newUrl(), /max_allowed_packet is 1048576 bytes: set it to 8388608/);
  } finally {
    await server.administer('SET GLOBAL max_allowed_packet = 16777216');
  }
});

test('of several that open a new database at once one makes it, and all serve the same history', async () => {
  const url = server.newUrl();
  const stores = await Promise.all(Array.from({ length: 4 }, () => open(url)));
  const epochs = await Promise.all(stores.map((store) => store.epoch()));
  assert.equal(new Set(epochs).size, 1);
  await Promise.all(stores.map((store) => store.close()));
});

test('a file of authorities that is not there, or holds none, is told at once', async () => {
  await refuses(`${server.url}/chat?sslCa=/nowhere/ca.pem`, /the file of \?sslCa cannot be read: .*\/nowhere\/ca\.pem/);
  await refuses(`${server.url}/chat?sslCa=${import.meta.filename}`, /holds no certificate in PEM form/);
});

test('over TLS the certificate is checked', async () => {
  await refuses(`${server.url}/chat?ssl=true`, /it speaks no TLS, which \?ssl=true asks for/);
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-tls-'));
  const key = join(folder, 'key.pem');
  const certificate = join(folder, 'certificate.pem');
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.2'];
  const self = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate];
  execFileSync(OPENSSL, [...self, ...name], { stdio: 'ignore' });
  const secure = await MysqlServer.start(`--ssl-cert=${certificate}`, `--ssl-key=${key}`, '--bind-address=0.0.0.0');
  try {
    const { port } = secure;
    await refuses(
      `mysql://localhost:${port}/chat?ssl=true`,
      /certificate is not trusted: name its authority by \?sslCa/,
    );
    await withStores([`mysql://localhost:${port}/chat?sslCa=${certificate}`], async (store) => {
      assert.equal((await store.commit([draft()])).length, 1);
    });
    // It is for this address, and not for the other.
    await withStores([`mysql://127.0.0.2:${port}/chat?sslCa=${certificate}`], async (store) => {
      assert.equal(await store.head('global'), 1);
    });
    await refuses(
      `mysql://127.0.0.1:${port}/chat?sslCa=${certificate}`,
      /its certificate is not trusted.*127\.0\.0\.1/,
    );
  } finally {
    await secure.dispose();
    await rm(folder, { recursive: true });
  }
});
