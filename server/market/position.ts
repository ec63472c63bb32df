import type { Offsets } from '../engines/tick-log.ts';

/** A place in the market's log, the same on every instance: everything below these offsets has been seen. */
export interface Position {
  readonly epoch: string;
  /** The next offset of each partition. */
  readonly vector: Offsets;
}

const FORM = /^([\w.-]{1,64}):(\d{1,15}(?:,\d{1,15}){0,63})$/;

/** As it is sent: `<epoch>:<offset>,<offset>,<offset>`. */
export function formatPosition(epoch: string, vector: Offsets): string {
  return `${epoch}:${vector.join(',')}`;
}

/** Reads what `formatPosition` wrote; `undefined` for any other text. */
export function parsePosition(text: string): Position | undefined {
  const [, epoch, offsets] = FORM.exec(text) ?? [];
  if (epoch === undefined || offsets === undefined) return undefined;
  return { epoch, vector: offsets.split(',').map(Number) };
}

/** Whether who is at `vector` has seen all that lies before `other`. */
export function covers(vector: Offsets, other: Offsets): boolean {
  return other.every((offset, partition) => (vector[partition] ?? 0) >= offset);
}

/** The larger offset of each partition. */
export function union(vector: Offsets, other: Offsets): Offsets {
  return vector.map((offset, partition) => Math.max(offset, other[partition] ?? 0));
}

/** The same vector with another offset for one partition. */
export function withOffset(vector: Offsets, partition: number, offset: number): Offsets {
  const copy = [...vector];
  copy[partition] = offset;
  return copy;
}
