import type { PartitionReader } from './partition-reader.ts';
import { codesOf } from './trouble.ts';

const READ = { wait: 0, bytes: 1_048_576 };

type Reader<R> = Pick<PartitionReader<R, unknown>, 'fetch' | 'bounds'>;

/** Records of a partition with `from` <= offset < `to`, in order, as far as they are kept. */
export async function readRange<R extends { readonly offset: number }>(
  reader: Reader<R>,
  from: number,
  to: number,
): Promise<R[]> {
  try {
    return await read(reader, from, to);
  } catch (error) {
    if (!codesOf(error).includes('OFFSET_OUT_OF_RANGE')) throw error;
    const { first } = await reader.bounds();
    return from < first ? await read(reader, first, to) : [];
  }
}

async function read<R extends { readonly offset: number }>(reader: Reader<R>, from: number, to: number): Promise<R[]> {
  const found: R[] = [];
  for (let next = from; next < to; ) {
    const slice = await reader.fetch(next, READ);
    if (slice.next === next) break;
    next = slice.next;
    for (const record of slice.records) if (record.offset < to) found.push(record);
  }
  return found;
}
