import { readdirSync, readFileSync } from 'node:fs';

/** What some processes have spent and hold. */
export interface Usage {
  /** CPU, in seconds. */
  readonly cpu: number;
  /** Memory, in megabytes. */
  readonly memory: number;
}

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly cpu: number;
  readonly memory: number;
}

/** Linux counts CPU in hundredths of a second, and memory in pages of 4 KB. */
const TICK = 100;
const PAGE = 4_096;

/** All descendants of a process, the children first. */
export function descendants(pid: number): number[] {
  return below(entries(), pid).map((entry) => entry.pid);
}

/** Of these processes and all that they started. */
export function usageOf(pids: readonly number[]): Usage {
  const all = entries();
  const trees = pids.flatMap((pid) => [...all.filter((entry) => entry.pid === pid), ...below(all, pid)]);
  return {
    cpu: trees.reduce((sum, { cpu }) => sum + cpu, 0),
    memory: trees.reduce((sum, { memory }) => sum + memory, 0) / 2 ** 20,
  };
}

function below(all: readonly Entry[], pid: number): Entry[] {
  const children = all.filter(({ parent }) => parent === pid);
  return [...children, ...children.flatMap((child) => below(all, child.pid))];
}

function entries(): Entry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [entryOf(Number(name), readFileSync(`/proc/${name}/stat`, 'utf8'))];
      } catch {
        // It has just ended.
        return [];
      }
    });
}

function entryOf(pid: number, stat: string): Entry {
  // The name in parentheses may hold anything; man proc_pid_stat numbers the fields, and the state after it is the third.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  // With its children that have ended.
  const cpu = (field(14) + field(15) + field(16) + field(17)) / TICK;
  return { pid, parent: field(4), cpu, memory: field(24) * PAGE };
}
