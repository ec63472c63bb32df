import type { Encoding } from '../hub/encoding.ts';
import { escapeHeader } from '../protocol/stomp/escape.ts';
import { headerLines, joinFrame } from '../protocol/stomp/serialize.ts';
import type { Version } from '../protocol/stomp/version.ts';
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
}

/** The encoding of a topic's events as MESSAGE frames. An event that the topic leaves out has no bytes. */
export function messageEncoding<E>(topic: Topic<E>, form: MessageForm): Encoding<E> {
  const { wire, version } = form;
  const subscription = escapeHeader(form.subscription, version);
  const destination = escapeHeader(form.destination, version);
  const beforeId = `MESSAGE\nsubscription:${subscription}\nmessage-id:`;
  const afterId = `\ndestination:${destination}\ncontent-type:application/json\ncontent-length:`;
  const { blocks } = wire;
  return {
    ...(blocks && { blocks }),
    // Escaped values hold no line feed: no two forms make the same key.
    key: `${wire.key}:${version}:${subscription}\n${destination}`,
    encode(event, position) {
      const message = topic.message(event, position);
      if (message === undefined) return NOTHING;
      const { id, body, headers } = message;
      const own = headers.length === 0 ? '' : headerLines(headers, version);
      const head = `${beforeId}${escapeHeader(id, version)}${afterId}${body.length}\n${own}\n`;
      const frame = joinFrame(head, body);
      return blocks === undefined ? wire.wrap(frame) : frame;
    },
  };
}
