import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoreDown, StoreUnknown } from '../../../server/engines/message-store.ts';
import { commitFailure, describe, isPassing, NoAnswer } from '../../../server/engines/mysql/mysql-errors.ts';
import { collationOf } from '../../../server/engines/mysql/mysql-schema.ts';

function answer(errno: number): Error {
  return Object.assign(new Error('its own words'), {
    errno,
    code: 'ER_X',
    sqlState: 'HY000',
    sqlMessage: 'its own words',
  });
}

function broken(code: string): Error {
  return Object.assign(new Error(`read ${code}`), { code, fatal: true });
}

test('a COMMIT without an answer, cut, or ended by the server leaves the fate open', () => {
  const errors = [
    new NoAnswer('x'),
    broken('ECONNRESET'),
    new Error('closed state'),
    answer(1053),
    answer(1317),
    answer(1927),
  ];
  for (const error of errors) assert.ok(commitFailure(error, true) instanceof StoreUnknown, error.message);
});

test('what the server refused stored nothing, nor did what was cut before the COMMIT', () => {
  for (const errno of [1205, 1213, 1290, 1114, 1048]) {
    assert.ok(commitFailure(answer(errno), true) instanceof StoreDown, String(errno));
  }
  assert.ok(commitFailure(broken('ECONNRESET'), false) instanceof StoreDown);
});

test('usual causes are named, besides the words of the server', () => {
  assert.equal(describe(answer(1114)), 'the disk of the database is full (its own words)');
  assert.equal(describe(answer(1290)), 'the database is read-only (its own words)');
  assert.equal(describe(broken('ECONNREFUSED')), 'nothing listens there (read ECONNREFUSED)');
  assert.equal(describe(answer(9_999)), 'its own words');
  assert.equal(describe('odd'), 'odd');
});

test('waiting helps against a server that is not there or not ready, and not against a wrong password', () => {
  for (const error of [broken('ECONNREFUSED'), broken('ENOTFOUND'), answer(1040), answer(1290), new NoAnswer('x')]) {
    assert.ok(isPassing(error), error.message);
  }
  for (const error of [answer(1045), answer(1044), answer(1142), broken('HANDSHAKE_SSL_ERROR')]) {
    assert.ok(!isPassing(error), error.message);
  }
});

test('servers from MySQL 8.0.17 and MariaDB 10.11 on are taken, each with its own collation', () => {
  for (const version of ['8.0.17', '8.4.2-azure', '9.7.4']) assert.equal(collationOf(version), 'utf8mb4_0900_bin');
  for (const version of ['10.11.0-MariaDB', '11.4.2-MariaDB-ubu2404'])
    assert.equal(collationOf(version), 'utf8mb4_nopad_bin');
  assert.throws(() => collationOf('5.7.44-log'), /version 5\.7\.44-log: MySQL 8\.0\.17 or later is needed/);
  assert.throws(() => collationOf('10.6.18-MariaDB'), /MariaDB 10\.11 or later is needed/);
});
