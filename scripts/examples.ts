/** Writes the marked code blocks of `docs/protocols/` anew from our own codecs (`npm run docs`). A test fails when one is stale. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withBlocks } from './blocks.ts';
import { httpExamples } from './examples/http.ts';
import { sseExamples } from './examples/sse.ts';
import { stompExamples } from './examples/stomp.ts';
import { webSocketExamples } from './examples/websocket.ts';

const root = join(import.meta.dirname, '..');

/** The pages with marked blocks, as paths from the root. */
export const examplePages: readonly string[] = globSync('docs/protocols/*.md', { cwd: root }).sort();

/** All marked blocks by their ids, as they should be. */
export async function examples(): Promise<ReadonlyMap<string, string>> {
  return new Map([...(await httpExamples()), ...webSocketExamples(), ...stompExamples(), ...sseExamples()]);
}

if (import.meta.main) {
  const made = await examples();
  for (const path of examplePages) {
    const file = join(root, path);
    writeFileSync(file, withBlocks(readFileSync(file, 'utf8'), made));
  }
}
