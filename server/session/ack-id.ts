/**
 * What a client sends back to acknowledge a message: the position in the stream and the subscription. So it is unique in its
 * session, and still the same for all who subscribed by the same id: it is part of the bytes that they share.
 */
export function ackId(position: number, subscription: string): string {
  return `${position}@${subscription}`;
}

export interface Acknowledged {
  readonly position: number;
  readonly subscription: string;
}

/** Reads an `ack` header back; `undefined` where it is none of ours. */
export function parseAckId(text: string): Acknowledged | undefined {
  const [, digits, subscription] = /^(-?\d{1,16})@(.*)$/s.exec(text) ?? [];
  if (digits === undefined || subscription === undefined) return undefined;
  return { position: Number(digits), subscription };
}

/** The same out of a `message-id` of STOMP 1.0 or 1.1, where it stands behind the id of the message. */
export function parseMessageId(text: string): Acknowledged | undefined {
  return parseAckId(text.slice(text.indexOf('@') + 1));
}

/** The id of the message alone, as it stands in a `message-id` of any version. */
export function plainMessageId(text: string): string {
  return /^([^@]*)@-?\d{1,16}@/.exec(text)?.[1] ?? text;
}
