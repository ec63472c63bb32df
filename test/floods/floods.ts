import type { Attack } from './attack.ts';
import { connectionFloods } from './connection-floods.ts';
import { messageFloods } from './message-floods.ts';
import { requestFloods } from './request-floods.ts';

/** One way to do harm, until the attack is over. */
export interface Flood {
  readonly name: string;
  run(attack: Attack): Promise<unknown>;
}

export const floods: readonly Flood[] = [...connectionFloods, ...messageFloods, ...requestFloods];
