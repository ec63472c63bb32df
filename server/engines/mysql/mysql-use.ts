import { StoreDown } from '../message-store.ts';
import { isElsewhere } from './mysql-errors.ts';
import type { Session } from './mysql-session.ts';
import type { Sessions } from './mysql-sessions.ts';

/** Gives a task a session; rejects with `StoreDown` where there is none. */
export type Use = <T>(task: (session: Session) => Promise<T>) => Promise<T>;

/** Uses these sessions. One that has lost the server behind its name is given up: a new one finds the right one. */
export function useOf(sessions: Sessions): Use {
  return (task) =>
    sessions.use(async (session) => {
      try {
        return await task(session);
      } catch (error) {
        const said = error instanceof StoreDown ? error.cause : error;
        if (isElsewhere(said)) session.giveUp(said);
        throw error;
      }
    });
}
