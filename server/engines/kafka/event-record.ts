import type { EventRecord, NewEvent } from '../event-log.ts';
import type { Meaning } from './partition-reader.ts';
import type { KafkaMessage } from './partition-writer.ts';

/** What is longer is not parsed. Ours are shorter: STREAM_EVENT_BYTES has this bound. */
const MOST_BYTES = 65_536;
const MOST_ID = 128;
/** The header of a record that names the event. */
const ID = Buffer.from('id');

/** The value is the event, so that any program can write and read it; its id is a header. */
export function encodeEvent({ id, json }: NewEvent): KafkaMessage {
  return { value: Buffer.from(json), headers: new Map([[ID, Buffer.from(id)]]) };
}

/** What the records of a stream's topic mean: a JSON object is an event, whoever wrote it. */
export const eventMeaning: Meaning<EventRecord> = {
  record(offset, { value, headers }) {
    // The library's type says that there is a value; a record without one (a tombstone) has none.
    const bytes: Buffer | null = value;
    if (bytes === null || bytes.length > MOST_BYTES) return undefined;
    const json = bytes.toString();
    if (!isObject(json)) return undefined;
    const [, id] = headers.find(([name]) => name !== null && ID.equals(name)) ?? [];
    return { offset, id: id && id.length <= MOST_ID ? id.toString() : undefined, json };
  },
};

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
