/** Who types, as the server sends it: at most 5 names, and how many there are. */
export interface Typing {
  readonly users: readonly string[];
  readonly count: number;
}

/** Whether a value from the wire is that. */
export function isTyping(value: unknown): value is Typing {
  if (typeof value !== 'object' || value === null) return false;
  const { users, count } = value as Record<string, unknown>; // Each field is checked below.
  return Array.isArray(users) && users.every((user) => typeof user === 'string') && typeof count === 'number';
}

const NAMED = 2;

/**
 * The typing line for the user of that name; empty when nobody else types. The server does not say in which room, so where there
 * are several, neither does the line.
 */
export function typingText({ users, count }: Typing, own: string, rooms = 1): string {
  const where = rooms > 1 ? ' in one of the rooms…' : '…';
  const others = users.filter((user) => user !== own);
  const total = count - (users.length - others.length);
  if (total <= 0) return '';
  if (others.length === 0) return total === 1 ? `Someone is typing${where}` : `${total} people are typing${where}`;
  const named = others.slice(0, total > NAMED + 1 ? NAMED : NAMED + 1).slice(0, total);
  const rest = total - named.length;
  if (rest > 0) return `${named.join(', ')} and ${rest} ${rest === 1 ? 'other' : 'others'} are typing${where}`;
  if (named.length === 1) return `${named[0]} is typing${where}`;
  return `${named.slice(0, -1).join(', ')} and ${named.at(-1)} are typing${where}`;
}
