/** Which of `count` processes has the session of this id: the same one for every request (FNV-1a, 32 bits). */
export function ownerOf(session: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < session.length; index++) {
    hash = Math.imul(hash ^ session.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % count;
}
