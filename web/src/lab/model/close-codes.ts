/** RFC 6455, section 7.4.1, and the registry of IANA. */
const meanings: ReadonlyMap<number, string> = new Map([
  [1000, 'normal: the purpose is fulfilled'],
  [1001, 'going away: the server stops, or the page is left'],
  [1002, 'protocol error'],
  [1003, 'a kind of data that cannot be accepted'],
  [1007, 'data that is not what its kind says: text that is not UTF-8'],
  [1008, 'against a policy of the one who closes'],
  [1009, 'a message too large to process'],
  [1010, 'the client misses an extension'],
  [1011, 'the server met something unexpected'],
  [1012, 'the server restarts'],
  [1013, 'try again later'],
  [1014, 'a gateway got a bad answer'],
]);
/** Said by a library about a connection, and never sent. */
const neverSent: ReadonlySet<number> = new Set([1004, 1005, 1006, 1015]);

/** What a close code means, or what is wrong with sending it. */
export function closeCode(code: number): { readonly text: string; readonly problem?: string } {
  const known = meanings.get(code);
  if (known !== undefined) return { text: known };
  if (neverSent.has(code)) {
    return { text: 'no code to send', problem: `${code} must not be sent: it only names what was seen (7.4.1)` };
  }
  if (code >= 3000 && code < 4000) return { text: 'of a library or framework' };
  if (code >= 4000 && code < 5000) return { text: 'private: agreed by the two sides' };
  return { text: 'no code to send', problem: `${code} is no valid close code (7.4.2)` };
}
