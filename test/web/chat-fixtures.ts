import type { ChatMessage } from '../../web/src/chat/message.ts';

/** A message of that seq. */
export function message(seq: number, fields: Partial<ChatMessage> = {}): ChatMessage {
  return { seq, id: `id-${seq}`, sender: 'Ana', content: `text ${seq}`, time: 1_700_000_000_000 + seq, ...fields };
}
