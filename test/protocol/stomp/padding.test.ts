import assert from 'node:assert/strict';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { withoutPadding } from '../../../server/protocol/stomp/padding.ts';
import { parse } from './frames.ts';

test('spaces around a text are left out, those inside of it are not', () => {
  assert.equal(withoutPadding(' a b  '), 'a b');
  assert.equal(withoutPadding('a b'), 'a b');
  assert.equal(withoutPadding('  '), '');
});

test('what is kept of a padded header holds nothing of its padding', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const used = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const kept: (string | undefined)[] = [];
  const before = used();
  for (let i = 0; i < 200; i++) {
    const [frame] = parse('1.0', `SUBSCRIBE\ndestination: /topic/presence${' '.repeat(60_000)}\n\n\0`);
    kept.push(frame?.headers[0]?.[1]);
  }
  const grown = used() - before;
  assert.equal(kept[199], '/topic/presence');
  assert.ok(grown < 2_000_000, `${grown} bytes`);
});
