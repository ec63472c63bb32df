import Type from 'typebox';
import { isName } from '../chat/author.ts';
import type { Moderation, ShownRules } from '../chat/moderation.ts';
import type { Room } from '../chat/room.ts';
import type { AuditEntry } from '../engines/moderation-store.ts';
import { Refusal } from '../errors.ts';

const room = Type.String({ minLength: 1, maxLength: 100 });
const name = Type.String({ minLength: 1, maxLength: 100 });
const word = Type.String({ minLength: 1, maxLength: 64 });

/** What moderators do, as an operator asks for it. */
export const moderatingSchema = Type.Union([
  Type.Object({ act: Type.Literal('look'), room }),
  Type.Object({ act: Type.Literal('delete'), room, seq: Type.Integer({ minimum: 1 }) }),
  Type.Object({ act: Type.Literal('mute'), name, seconds: Type.Integer({ minimum: 1, maximum: 31_536_000 }) }),
  Type.Object({ act: Type.Literal('unmute'), name, room: Type.String({ maxLength: 100 }) }),
  Type.Object({
    act: Type.Literal('room'),
    room,
    slowMode: Type.Integer({ minimum: 0, maximum: 21_600 }),
    closed: Type.Boolean(),
  }),
  Type.Object({ act: Type.Literal('add-word'), word }),
  Type.Object({ act: Type.Literal('remove-word'), word }),
]);

type Act = Type.Static<typeof moderatingSchema>;

/** The part of a chat that is moderated. */
export interface ModeratedChat {
  readonly moderation: Pick<
    Moderation,
    'delete' | 'mute' | 'unmute' | 'setRoom' | 'addWord' | 'removeWord' | 'rules' | 'audit' | 'now'
  >;
  readonly rooms: ReadonlyMap<string, Room>;
  room(name: string): Room;
}

/** What `look` gives: what holds, what was done last, and the newest messages of a room. */
export interface ModerationView extends ShownRules {
  readonly names: readonly string[];
  readonly audit: readonly AuditEntry[];
  readonly messages: readonly {
    readonly seq: number;
    readonly sender: string;
    readonly content: string;
    readonly time: number;
  }[];
}

/** The audit calls operators so: they share one token. */
const WHY = { by: 'operator', reason: '' } as const;
const AUDITED = 20;
const MESSAGES = 30;

/** Does what is asked, as the REST API of moderators does. Rejects with a `Refusal`, and nothing was done then. */
export async function moderate(chat: ModeratedChat, act: Act): Promise<ModerationView | undefined> {
  const { moderation } = chat;
  switch (act.act) {
    case 'look':
      return await look(chat, act.room);
    case 'delete':
      await moderation.delete(chat.room(act.room).name, act.seq, WHY);
      return undefined;
    case 'mute':
      if (!isName(act.name)) throw new Refusal('invalid-message', '"name" must be a name without control characters.');
      await moderation.mute({ name: act.name, room: '', until: moderation.now() + act.seconds * 1_000 }, WHY);
      return undefined;
    case 'unmute':
      await moderation.unmute(act, WHY);
      return undefined;
    case 'room':
      await moderation.setRoom({ ...act, room: chat.room(act.room).name }, WHY);
      return undefined;
    case 'add-word':
      await moderation.addWord(act.word, WHY);
      return undefined;
    case 'remove-word':
      await moderation.removeWord(act.word, WHY);
      return undefined;
  }
}

async function look(chat: ModeratedChat, room: string): Promise<ModerationView> {
  const { messages } = await chat.room(room).history({ limit: MESSAGES });
  return {
    ...chat.moderation.rules(),
    names: [...chat.rooms.keys()],
    audit: await chat.moderation.audit(Number.MAX_SAFE_INTEGER, AUDITED),
    messages: messages.map(({ seq, sender, content, time }) => ({ seq, sender, content, time })),
  };
}
