import type { Draft } from '../engines/message-store.ts';
import { refusalOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Tracer } from '../tracer.ts';
import type { Author } from './author.ts';
import type { Sent } from './committer.ts';

/** A message between its receipt and its sender's answer. One of the two is called, once. */
export interface Receiving {
  /** The context of its trace, where it has one. */
  readonly trace: string | undefined;
  committed(sent: Sent): void;
  refused(error: unknown): void;
}

interface Told {
  readonly log: Logger;
  readonly tracer?: Tracer | undefined;
}

/** Tells the log and the tracer what becomes of a message, whether it comes alone or with others. */
export function receiving({ log, tracer }: Told, { room, id }: Draft, { session }: Author): Receiving {
  const span = tracer?.begin('chat receive', { 'chat.room': room, 'chat.id': id });
  const known = { connection: session, room, message: id };
  return {
    trace: span?.context,
    committed({ message: { seq } }) {
      span?.end({ 'chat.seq': seq });
      log.debug({ ...known, seq }, 'a message is committed');
    },
    refused(error) {
      const { code } = refusalOf(error);
      span?.end({ 'error.type': code });
      log.debug({ ...known, code }, 'a message is not committed');
    },
  };
}
