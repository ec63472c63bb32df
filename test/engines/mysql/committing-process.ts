import { writeSync } from 'node:fs';
import { drafts, open } from './stores.ts';

// Commits until it is killed, and prints the id of each message once its commit has resolved.

const store = await open(process.argv[2] ?? '');
for (;;) {
  const group = ['a', 'b'].flatMap((room) => drafts(4, { room }));
  await store.commit(group);
  writeSync(1, `${group.map((draft) => draft.id).join('\n')}\n`);
}
