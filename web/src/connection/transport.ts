/** What carries the chat, in the order in which they are tried. */
export const TRANSPORTS = ['websocket', 'xhr-streaming', 'xhr-polling'] as const;

export type Transport = (typeof TRANSPORTS)[number];

/** Whether a text names a transport. */
export function isTransport(text: string | undefined): text is Transport {
  return TRANSPORTS.some((transport) => transport === text);
}
