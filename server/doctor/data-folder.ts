import { mkdtemp, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Check } from './check.ts';

const what = 'DATA_DIR';

/** Whether the folder of the embedded message store can be written, or made. It is left as it was. */
export function dataFolderCheck(folder: string): Check {
  return {
    what,
    async run(say) {
      const path = resolve(folder);
      try {
        const there = await nearest(path);
        await rm(await mkdtemp(join(there, '.doctor-')), { recursive: true });
        say('ok', what, there === path ? `${path} can be written` : `${path} will be made at the first start`);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        say(
          'fail',
          what,
          `${path} cannot be written (${reason}): name another folder, or give it to the server's user`,
        );
      }
    },
  };
}

/** The folder, or the first above it that is there. */
async function nearest(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!missing || dirname(path) === path) throw error;
    return nearest(dirname(path));
  }
}
