import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { type Clock, systemClock } from '../../server/clock.ts';
import { mysqlCheck } from '../../server/doctor/mysql.ts';
import { missingRights } from '../../server/doctor/mysql-grants.ts';
import { openMysqlStore } from '../../server/engines/mysql/mysql-message-store.ts';
import { recordingLog } from '../chat/recording-log.ts';
import { MysqlServer } from '../support/engines/mysql.ts';
import { freePort } from '../support/free-port.ts';
import { Diagnosis, slowClock } from './diagnose.ts';

const server = await MysqlServer.start();
after(() => server.dispose());

function diagnose(url: string, clock: Clock = systemClock): Promise<Diagnosis> {
  return Diagnosis.of(mysqlCheck(url, clock, randomUUID));
}

/** The URL of a database whose tables are made. */
async function made(): Promise<string> {
  const url = server.newUrl();
  const { log } = recordingLog();
  const store = await openMysqlStore({ url, clock: systemClock, log, newEpoch: randomUUID(), random: Math.random });
  await store.close();
  return url;
}

/** The URL of the same database for somebody with only these rights to it. */
async function asUser(url: string, rights: string): Promise<string> {
  const name = `u${randomUUID().slice(0, 8)}`;
  const database = new URL(url).pathname.slice(1);
  await server.administer(`CREATE USER ${name} IDENTIFIED BY 'secret'; GRANT ${rights} ON ${database}.* TO ${name}`);
  return Object.assign(new URL(url), { username: name, password: 'secret' }).href;
}

function inDatabase(url: string, sql: string): Promise<unknown> {
  return server.administer(`USE ${new URL(url).pathname.slice(1)}; ${sql}`);
}

test('a database that a server has used is found in order, its tables in the newest form', async () => {
  const found = await diagnose(await made());
  assert.deepEqual(found.complaints, []);
  assert.match(found.about('MySQL tables'), /newest form/);
});

test('a database that is not there yet will be made, and is not made by looking', async () => {
  const url = server.newUrl();
  for (const found of [await diagnose(url), await diagnose(url)]) {
    assert.deepEqual(found.complaints, []);
    assert.match(found.about('MySQL tables'), /first start makes the database/);
  }
});

test('a port where nothing listens fails', async () => {
  const found = await diagnose(`mysql://root@127.0.0.1:${await freePort()}`);
  assert.match(found.about('MySQL'), /^fail.*nothing listens there.*MYSQL_URL/);
});

test('a wrong password fails, and is not repeated', async () => {
  const found = await diagnose(`mysql://nobody:geheim@127.0.0.1:${server.port}/x`);
  assert.match(found.about('MySQL'), /^fail.*the user or the password is wrong/);
  assert.doesNotMatch(found.lines.join('\n'), /geheim/);
});

test('a server that hangs fails within the limit', async () => {
  server.freeze();
  try {
    assert.match((await Diagnosis.ofIll(() => diagnose(server.newUrl()))).about('MySQL'), /^fail/);
  } finally {
    server.thaw();
  }
});

test('a user who may only read is told which rights to get', async () => {
  const found = await diagnose(await asUser(await made(), 'SELECT'));
  assert.match(found.about('MySQL rights'), /^fail.*GRANT SELECT, INSERT, UPDATE/);
});

test('a user who may store but not change tables is warned', async () => {
  const found = await diagnose(await asUser(await made(), 'SELECT, INSERT, UPDATE, DELETE'));
  assert.match(found.about('MySQL rights'), /^warn.*CREATE, ALTER, INDEX is missing/);
});

test('a user who may not make the tables fails before the first start', async () => {
  const found = await diagnose(await asUser(server.newUrl(), 'SELECT, INSERT, UPDATE'));
  assert.match(found.about('MySQL rights'), /^fail.*to make the tables/);
});

test('tables of a newer version fail', async () => {
  const url = await made();
  await inDatabase(url, "UPDATE chat_meta SET value = '99' WHERE name = 'version'");
  assert.match((await diagnose(url)).about('MySQL tables'), /^fail.*form 99.*newer version/);
});

test('tables with a collation that takes different ids for one fail', async () => {
  const url = await made();
  await inDatabase(url, 'ALTER TABLE chat_room CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci');
  assert.match((await diagnose(url)).about('MySQL collation'), /^fail.*chat_room \(utf8mb4_general_ci\)/);
});

test('a clock that differs is told', async () => {
  assert.match(
    (await diagnose(server.newUrl(), slowClock)).about('MySQL clock'),
    /^warn.*[3-7]\.\d s ahead of ours.*NTP/,
  );
});

test('a server that is too old, read-only, takes small packets and may forget is told so', async () => {
  const wrong = ['--version=10.6.1-MariaDB', '--read-only', '--max-allowed-packet=1M'];
  const old = await MysqlServer.start(...wrong, '--innodb-flush-log-at-trx-commit=2');
  try {
    const found = await diagnose(old.newUrl());
    assert.match(found.about('MySQL version'), /^fail.*10\.6\.1.*10\.11 or later/);
    assert.match(found.about('MySQL settings'), /^fail.*max_allowed_packet.*\nfail.*read-only.*\nwarn.*flush_log/);
  } finally {
    await old.dispose();
  }
});

test('rights are read from the lines of SHOW GRANTS, wildcards and all', () => {
  const missing = (...lines: string[]) => missingRights(lines, 'websockets_db');
  const all = 'SELECT, INSERT, UPDATE, DELETE, CREATE, INDEX, ALTER';
  assert.deepEqual(missing('GRANT ALL PRIVILEGES ON *.* TO `root`@`%` WITH GRANT OPTION'), []);
  assert.deepEqual(
    missing('GRANT USAGE ON *.* TO `u`@`%`', `GRANT ${all} ON \`websockets\\_db\`.* TO \`u\`@\`%\``),
    [],
  );
  assert.deepEqual(missing(`GRANT ${all} ON \`web%\`.* TO \`u\`@\`%\``), []);
  assert.equal(missing(`GRANT ${all} ON \`other\`.* TO \`u\`@\`%\``)?.length, 7);
  assert.equal(missing('GRANT `writer` TO `u`@`%`', 'GRANT USAGE ON *.* TO `u`@`%`'), undefined);
});
