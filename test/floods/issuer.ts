import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeKeys, makeToken } from '../support/tokens.ts';

/** How tokens that hold are signed, for who wants to make some that look alike. */
export const ISSUED = { alg: 'ES256', kid: 'floods' } as const;
/** Longer than any flood, in seconds. */
const LASTS = 86_400;

/** Puts the key of an issuer into a folder; resolves to its file, and to a token for who behaves. */
export async function issueToken(folder: string): Promise<{ readonly keys: string; readonly token: string }> {
  const { alg, kid } = ISSUED;
  const { jwk, privateKey } = makeKeys(alg, kid);
  const keys = join(folder, 'keys.json');
  await writeFile(keys, JSON.stringify({ keys: [jwk] }));
  return { keys, token: await makeToken({}, { key: privateKey, alg, kid, lasts: LASTS }) };
}
