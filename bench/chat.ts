import { MysqlServer } from '../test/support/engines/mysql.ts';
import { ServerProcess } from '../test/support/server-process.ts';
import { ChatSenders, type Sent } from './chat-senders.ts';

/** The chat as it is, each message stored before its RECEIPT. */
export interface ChatClimb {
  readonly store: string;
  readonly rungs: readonly ChatRung[];
  /** The highest rate that was accepted whole, and reached all who follow. */
  readonly top: number;
}

export interface ChatRung extends Sent {
  readonly rate: number;
  readonly holds: boolean;
}

const SENDERS = 200;
const LISTENERS = 10;
/** Each is half of the next, so that a quarter and half of the top rate are among them. */
const RATES = [1_250, 2_500, 5_000, 10_000, 20_000, 40_000];
const SECONDS = 6;
/** Before what counts, a server is used for so many seconds: its code is compiled then. */
const WARM_UP = 3;
/** A rate is too high when a RECEIPT in a hundred takes longer, in milliseconds: what is sent waits in ever longer queues. */
const PATIENCE = 1_000;
const unlimited = { CHAT_RATE_LIMIT: '0', CONNECT_RATE_LIMIT: '0', MAX_CONNECTIONS_PER_ADDRESS: '0' };

export const sqliteChat = (): Promise<ChatClimb> => measure('SQLite', {});

/** Throws where there is no MySQL or MariaDB to start. */
export async function mysqlChat(): Promise<ChatClimb> {
  const mysql = await MysqlServer.start();
  try {
    return await measure('MariaDB', { MYSQL_URL: mysql.newUrl() });
  } finally {
    await mysql.dispose();
  }
}

async function measure(store: string, env: Record<string, string>): Promise<ChatClimb> {
  const server = await ServerProcess.create({ ...unlimited, ...env, MARKET_SOURCE: 'off' });
  try {
    await server.start();
    const senders = await ChatSenders.connect([server.url], SENDERS, LISTENERS);
    const rungs: ChatRung[] = [];
    await senders.send(RATES[1] ?? 0, WARM_UP);
    for (const rate of RATES) {
      const sent = await senders.send(rate, SECONDS);
      const whole = sent.accepted === sent.sent && sent.delivered === LISTENERS * sent.accepted;
      const holds = sent.sent >= 0.97 * rate * SECONDS && whole && sent.p99 <= PATIENCE;
      rungs.push({ rate, ...sent, holds });
      if (!holds) break;
    }
    senders.close();
    return { store, rungs, top: Math.max(0, ...rungs.filter(({ holds }) => holds).map(({ rate }) => rate)) };
  } finally {
    await server.dispose();
  }
}
