import { CLOSE, takeFrame } from '../support/raw-websocket.ts';
import { Known, type Reading } from './shared-reading.ts';

/** What a server of the chat says to a user, as far as the trials want to know. */
export type ChatSaid =
  | { readonly kind: 'connected' }
  | { readonly kind: 'accepted'; readonly id: string }
  | { readonly kind: 'refused'; readonly id: string }
  | { readonly kind: 'message'; readonly seq: number; readonly id: string }
  | { readonly kind: 'goodbye' };

/** Reads WebSocket frames with STOMP in them. */
export function readChat(bytes: Buffer, events = new Known<readonly ChatSaid[]>(1)): Reading<ChatSaid> {
  const said: ChatSaid[] = [];
  let rest = bytes;
  for (let taken = takeFrame(rest); taken !== undefined; taken = takeFrame(rest)) {
    rest = taken.rest;
    if (taken.frame.opcode === CLOSE) said.push({ kind: 'goodbye' });
    else for (const text of taken.frame.payload.toString().split('\0')) said.push(...events.get(text, stomp));
  }
  return { said, rest };
}

function stomp(frame: string): ChatSaid[] {
  const command = frame.slice(0, frame.indexOf('\n')).trim();
  if (command === 'CONNECTED') return [{ kind: 'connected' }];
  if (command === 'RECEIPT') return [{ kind: 'accepted', id: /receipt-id:(.*)/.exec(frame)?.[1] ?? '' }];
  if (command !== 'MESSAGE') return [];
  const event = JSON.parse(frame.slice(frame.indexOf('\n\n') + 2));
  if (frame.includes('destination:/user/queue/errors')) return [{ kind: 'refused', id: String(event.receipt) }];
  return event.kind === 'message' ? [{ kind: 'message', seq: event.seq, id: event.id }] : [];
}
