import { isIPv4, isIPv6 } from 'node:net';

/** Whoever has one IPv6 address usually has all of its /64: so many of its groups name the network. */
const GROUPS = 4;

/** An IPv4 address that came over an IPv6 socket, as an IPv4 address; anything else as it is. */
export function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? address;
}

/** What counts as one stranger: an IPv4 address, the /64 of an IPv6 address. Anything that is neither is taken as it is. */
export function networkOf(address: string): string {
  const plain = plainAddress(address);
  if (isIPv4(plain) || !isIPv6(plain)) return plain;
  const [whole = ''] = plain.split('%', 1);
  return `${groupsOf(whole).slice(0, GROUPS).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const [before = '', after] = address.split('::', 2);
  const head = groups(before);
  const tail = after === undefined ? [] : groups(after);
  const zeros = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return [...head, ...new Array<string>(zeros).fill('0'), ...tail];
}

/** An IPv4 address at the end stands for two groups. */
function groups(text: string): string[] {
  if (text === '') return [];
  return text
    .split(':')
    .flatMap((group) => (group.includes('.') ? ['v4', 'v4'] : [group.toLowerCase().replace(/^0+(?=.)/, '')]));
}
