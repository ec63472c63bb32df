import type { Encoding } from '../hub/encoding.ts';
import { escapeHeader } from '../protocol/stomp/escape.ts';
import { headerLines, joinFrame } from '../protocol/stomp/serialize.ts';
import type { Version } from '../protocol/stomp/version.ts';
import { ackId } from './ack-id.ts';
import type { Topic } from './destinations.ts';
import type { Wire } from './wire.ts';

const NOTHING = new Uint8Array(0);

/** What the bytes of a MESSAGE depend on, besides the event. */
export interface MessageForm {
  readonly wire: Wire;
  readonly version: Version;
  /** As the client named it: two destinations may lead to one stream. */
  readonly destination: string;
  /** The id of the subscription. Clients number alike, so they share bytes. */
  readonly subscription: string;
  /** The client acknowledges what it gets, so each message says by what (see `ack-id.ts`). */
  readonly acknowledged?: boolean;
}

/** The encoding of a topic's events as MESSAGE frames. An event that the topic leaves out has no bytes. */
export function messageEncoding<E>(topic: Topic<E>, form: MessageForm): Encoding<E> {
  const { wire, version } = form;
  const subscription = escapeHeader(form.subscription, version);
  const destination = escapeHeader(form.destination, version);
  // STOMP 1.2, "MESSAGE": the header `ack`. The versions before it acknowledge by the message-id alone.
  const ackOf = (position: number): string =>
    (version === '1.2' ? '\nack:' : '@') + escapeHeader(ackId(position, form.subscription), version);
  const beforeId = `MESSAGE\nsubscription:${subscription}\nmessage-id:`;
  const afterId = `\ndestination:${destination}\ncontent-type:application/json\ncontent-length:`;
  // Where a window ends lies between any two messages, and a block cannot be cut.
  const blocks = form.acknowledged ? undefined : wire.blocks;
  return {
    ...(blocks && { blocks }),
    // Escaped values hold no line feed: no two forms make the same key.
    key: `${wire.key}:${version}:${form.acknowledged ? 'ack' : 'auto'}:${subscription}\n${destination}`,
    encode(event, position) {
      const message = topic.message(event, position);
      if (message === undefined) return NOTHING;
      const { id, body, headers } = message;
      const own = headers.length === 0 ? '' : headerLines(headers, version);
      const ack = form.acknowledged ? ackOf(position) : '';
      const head = `${beforeId}${escapeHeader(id, version)}${ack}${afterId}${body.length}\n${own}\n`;
      const frame = joinFrame(head, body);
      return blocks === undefined ? wire.wrap(frame) : frame;
    },
  };
}
