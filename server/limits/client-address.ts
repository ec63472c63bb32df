import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { plainAddress } from './network.ts';

/** What `TRUST_PROXY` may name besides addresses and networks. */
const names: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  // RFC 1918, RFC 6598 (carriers), RFC 3927 and 4291 (link local), RFC 4193.
  private: [
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '100.64.0.0/10',
    '169.254.0.0/16',
    'fc00::/7',
    'fe80::/10',
  ],
};

/** Hops of `X-Forwarded-For` that are looked at; nobody has so many proxies of their own. */
const MOST_HOPS = 32;

/** Tells whose connection or request it is. */
export interface ClientAddresses {
  /** Whether a connection from this address is one of a trusted proxy, which carries the requests of others. */
  isProxy(address: string): boolean;
  /** The address that a request comes from, as far as it can be believed; empty where there is none (a Unix socket). */
  of(request: Pick<IncomingMessage, 'headers' | 'socket'>): string;
}

/**
 * Believes the header `X-Forwarded-For` of the proxies named: of its addresses the right-most that is not itself such a
 * proxy, since whoever stands left of that may have written what they like. A value that is no address ends the search: what
 * was believed before it counts.
 * @param trusted - addresses, networks as in `10.0.0.0/8`, `loopback`, `private`; none means that no header is believed
 */
export function clientAddresses(trusted: readonly string[]): ClientAddresses {
  const proxies = new BlockList();
  for (const item of trusted.flatMap((name) => names[name] ?? [name])) add(proxies, item);
  const isProxy = (address: string): boolean => {
    const version = trusted.length === 0 ? 0 : isIP(address);
    return version !== 0 && proxies.check(address, version === 4 ? 'ipv4' : 'ipv6');
  };
  return {
    isProxy: (address) => isProxy(plainAddress(address)),
    of({ headers, socket }) {
      const peer = plainAddress(socket.remoteAddress ?? '');
      return isProxy(peer) ? forwarded(headers['x-forwarded-for'], peer, isProxy) : peer;
    },
  };
}

function add(list: BlockList, item: string): void {
  const [address = '', bits] = item.split('/', 2);
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(address, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family);
}

function forwarded(header: string | string[] | undefined, peer: string, isProxy: (hop: string) => boolean): string {
  let believed = peer;
  // Node joins the values of a repeated header in their order.
  const hops = String(header ?? '').split(',');
  for (const hop of hops.reverse().slice(0, MOST_HOPS)) {
    const address = addressIn(hop.trim());
    if (address === undefined) break;
    believed = address;
    if (!isProxy(address)) break;
  }
  return believed;
}

/** Some proxies add the port: `192.0.2.1:1234`, `[2001:db8::1]:1234`. */
function addressIn(hop: string): string | undefined {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(hop)?.[1] ?? hop;
  if (isIP(bare) === 0) return undefined;
  // It is kept, and as a part of the header it would keep all of that: up to 16 KB.
  return Buffer.from(plainAddress(bare), 'latin1').toString('latin1');
}
