import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/**
 * Freezes a process, and waits until it stands: the signal reaches a thread that runs a little later, and until then the thread
 * may answer once more. Where there is no `/proc` to tell (macOS) it only sends the signal.
 */
export function freeze(child: Pick<ChildProcess, 'pid'> | undefined): void {
  if (child?.pid === undefined) return;
  process.kill(child.pid, 'SIGSTOP');
  const threads = `/proc/${child.pid}/task`;
  while (existsSync(threads) && readdirSync(threads).some((thread) => runs(`${threads}/${thread}/stat`)));
}

/** Whether a thread is neither stopped (T) nor gone (proc(5), `/proc/pid/stat`). */
function runs(stat: string): boolean {
  try {
    return !/\) [TtZX]/.test(readFileSync(stat, 'utf8'));
  } catch {
    return false;
  }
}
