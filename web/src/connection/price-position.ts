/** A place in the market's stream: what comes next of each partition of the tick log. */
interface Position {
  readonly epoch: string;
  readonly offsets: readonly number[];
}

/** Reads an event's id, `<epoch>:<offset>,<offset>,…`; undefined where it is none. */
function parse(id: string): Position | undefined {
  const [epoch = '', list = ''] = id.split(':');
  if (epoch === '' || !/^\d{1,16}(,\d{1,16})*$/.test(list)) return undefined;
  return { epoch, offsets: list.split(',').map(Number) };
}

/** Whether who has everything up to `id` has everything up to `other` too. */
export function covers(id: string, other: string): boolean {
  const position = parse(id);
  const wanted = parse(other);
  if (position === undefined || wanted === undefined || position.epoch !== wanted.epoch) return false;
  return wanted.offsets.every((offset, i) => offset <= (position.offsets[i] ?? 0));
}

/** The place of who has everything up to both; that of the second where they are not of one log. */
export function joined(id: string, other: string): string {
  const position = parse(id);
  const wanted = parse(other);
  if (position === undefined || wanted === undefined || position.epoch !== wanted.epoch) return other;
  return `${wanted.epoch}:${wanted.offsets.map((offset, i) => Math.max(offset, position.offsets[i] ?? 0))}`;
}
