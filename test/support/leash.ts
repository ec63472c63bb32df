import { existsSync } from 'node:fs';

const LEASH = '/usr/bin/setpriv';

/**
 * A command line that ends with this process, however that ends: one that is killed runs no exit hook, but the kernel ends what
 * `setpriv` (util-linux) started. Elsewhere than on Linux it is the command line as it was.
 */
export function leashed(
  program: string,
  args: readonly string[],
): { readonly program: string; readonly args: string[] } {
  if (!existsSync(LEASH)) return { program, args: [...args] };
  return { program: LEASH, args: ['--pdeathsig', 'SIGKILL', program, ...args] };
}
