import type { ChatMessage } from '../chat/message.ts';
import type { Candle } from '../market/candle.ts';

/** A page of the chat's history, oldest first. */
export interface HistoryPage {
  readonly messages: readonly ChatMessage[];
  /** The seq of the newest message that is stored. */
  readonly head: number;
}

/** The REST calls that the page makes. Each rejects with an Error whose message can be shown. */
export interface Api {
  /** The newest messages of a room, or those before a seq. */
  history(room: string, limit: number, before?: number): Promise<HistoryPage>;
  /** The names of the rooms, in their order. */
  rooms(): Promise<readonly string[]>;
  /** The newest candles, or those that opened before a time (milliseconds since 1970); oldest first. */
  candles(symbol: string, interval: string, limit: number, before?: number): Promise<readonly Candle[]>;
}

const TIMEOUT_MS = 10_000;

/** The server that the page came from. Its answers are trusted to have the documented shape. */
export const serverApi: Api = {
  history: (room, limit, before) => get('/api/chat/messages', { room, limit, before }),
  rooms: async () => (await get<{ rooms: string[] }>('/api/info', {})).rooms,
  async candles(symbol, interval, limit, before) {
    const query = { symbol, interval, limit, before };
    const { candles } = await get<{ candles: Candle[] }>('/api/market/candles', query);
    return candles;
  },
};

async function get<T>(path: string, query: Readonly<Record<string, string | number | undefined>>): Promise<T> {
  const parameters = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${encodeURIComponent(value)}`],
  );
  const response = await fetch(`${path}?${parameters.join('&')}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return (await response.json()) as T; // The type is the documented shape of the answer; see `serverApi`.
}
