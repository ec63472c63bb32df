import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { dataFolderCheck } from '../../server/doctor/data-folder.ts';
import { fileLimitCheck, nodeCheck } from '../../server/doctor/machine.ts';
import { Diagnosis } from './diagnose.ts';

const limits = (files: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${files.padEnd(20)} ${files.padEnd(20)} files\n`;

test('Node 26 is right, an older one fails and a newer one warns', async () => {
  const levels = await Promise.all(
    ['26.10.0', '24.1.0', '28.0.0'].map(async (node) => (await Diagnosis.of(nodeCheck({ node, limits: '' }))).lines[0]),
  );
  assert.deepEqual(
    levels.map((line) => line?.slice(0, 4)),
    ['ok  ', 'fail', 'warn'],
  );
});

test('a low file limit warns, and says how many users it is enough for', async () => {
  const low = await Diagnosis.of(fileLimitCheck({ node: '', limits: limits('1024') }));
  assert.match(low.about('File limit'), /^warn.*about 524 users.*LimitNOFILE/);
});

test('a high file limit is right, and so is none', async () => {
  for (const files of ['65536', 'unlimited']) {
    assert.deepEqual((await Diagnosis.of(fileLimitCheck({ node: '', limits: limits(files) }))).complaints, []);
  }
});

test('a system that does not tell its file limit gets a warning', async () => {
  const unknown = await Diagnosis.of(fileLimitCheck({ node: '', limits: undefined }));
  assert.match(unknown.about('File limit'), /^warn.*ulimit -n/);
});

test('a data folder that can be written is right and stays as it was; one that is missing will be made', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-test-'));
  try {
    assert.match((await Diagnosis.of(dataFolderCheck(folder))).about('DATA_DIR'), /^ok.*can be written/);
    assert.match((await Diagnosis.of(dataFolderCheck(join(folder, 'a', 'b')))).about('DATA_DIR'), /^ok.*will be made/);
    assert.deepEqual(await readdir(folder), []);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a data folder below a file fails', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-test-'));
  try {
    await writeFile(join(folder, 'file'), '');
    const below = await Diagnosis.of(dataFolderCheck(join(folder, 'file', 'data')));
    assert.match(below.about('DATA_DIR'), /^fail.*cannot be written/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
