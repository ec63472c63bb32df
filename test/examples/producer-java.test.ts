import { before, test } from 'node:test';
import { produces } from './produces.ts';
import { prepare } from './program.ts';

const folder = 'producers/java';
before(() => prepare(folder, 'mvn', ['-q', '-B', 'compile']));

test('Kafka’s own client for Java writes ticks that come out at /stream', () =>
  produces(folder, 'mvn', (...words) => ['-q', '-B', 'exec:java', `-Dexec.args=${words.join(' ')}`]));
