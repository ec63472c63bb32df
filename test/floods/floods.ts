import type { Attack } from './attack.ts';
import { connectionFloods } from './connection-floods.ts';
import { inflating, messageFloods } from './message-floods.ts';
import { requestFloods } from './request-floods.ts';
import { sessionFloods } from './session-floods.ts';
import { settingFloods } from './setting-floods.ts';

/** One way to do harm, until the attack is over. */
export interface Flood {
  readonly name: string;
  /** What the server is told beside its defaults. */
  readonly settings?: Readonly<Record<string, string>>;
  run(attack: Attack): Promise<unknown>;
}

export const floods: readonly Flood[] = [
  ...connectionFloods,
  ...messageFloods,
  ...sessionFloods,
  ...requestFloods,
  inflating,
  ...settingFloods,
];
