import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { commitFailure, describe } from '../../../server/engines/embedded/sqlite-errors.ts';
import { StoreDown, StoreUnknown } from '../../../server/engines/message-store.ts';

const SQLITE_IOERR_FSYNC = 1034;
const SQLITE_FULL = 13;

function sqliteError(errcode: number): Error {
  return Object.assign(new Error('its own words'), { code: 'ERR_SQLITE_ERROR', errcode });
}

test('a disk error in COMMIT leaves the fate open', () => {
  assert.ok(commitFailure(sqliteError(SQLITE_IOERR_FSYNC), true) instanceof StoreUnknown);
});

test('a disk error before COMMIT, and a full disk at any time, stored nothing', () => {
  assert.ok(commitFailure(sqliteError(SQLITE_IOERR_FSYNC), false) instanceof StoreDown);
  assert.ok(commitFailure(sqliteError(SQLITE_FULL), true) instanceof StoreDown);
});

test('a read-only database is named as the cause', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-'));
  const path = join(folder, 'chat.sqlite');
  new DatabaseSync(path).close();
  const db = new DatabaseSync(path, { readOnly: true });
  let thrown: unknown;
  try {
    db.exec('CREATE TABLE t (a TEXT)');
  } catch (error) {
    thrown = error;
  }
  db.close();
  await rm(folder, { recursive: true });
  assert.match(commitFailure(thrown, false).message, /^the database is read-only \(/);
});

test('what SQLite did not raise is told in its own words', () => {
  assert.equal(describe(new Error('no such folder')), 'no such folder');
  assert.equal(describe('odd'), 'odd');
});
