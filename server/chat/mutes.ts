import type { Mute } from '../engines/moderation-store.ts';
import type { Author } from './author.ts';
import { fold } from './fold.ts';

/** How long others who come new from the address of a muted guest are muted too, at most, in milliseconds. */
const ADDRESS_TIME = 60 * 60 * 1000;
/** Addresses of one mute, at most. */
const MOST_ADDRESSES = 4;
/** Sessions of guests that are remembered, and the newest names of one of them. */
const MOST_SESSIONS = 20_000;
const MOST_NAMES = 8;

/** What a session of a guest was seen with. */
interface Guest {
  readonly keys: Set<string>;
  readonly address: string;
  /** The name that it used last, and its key: nearly always it is the next one too. */
  name: string;
  key: string;
}

/**
 * Who may not send. A mute names a name. Guests give themselves another one, so it holds for each session that used the name,
 * whatever it calls itself, and for an hour at most for those who come new from its address: who wrote from there before under
 * a name of their own is not touched.
 */
export class Mutes {
  #byKey = new Map<string, Mute[]>();
  #byAddress = new Map<string, Mute[]>();
  /** How many addresses a mute holds for, by name and room. */
  readonly #addresses = new Map<string, number>();
  readonly #guests = new Map<string, Guest>();

  /** The mutes that hold from now on. Returns those whose addresses should be kept too, with them. */
  set(mutes: readonly Mute[], now: number): Mute[] {
    this.#byKey = Map.groupBy(mutes, ({ key }) => key);
    this.#byAddress = new Map();
    this.#addresses.clear();
    for (const mute of mutes) for (const { address } of mute.addresses) this.#holdFor(address, mute);
    return [...this.#guests.values()].flatMap((guest) => this.#covering(guest, now));
  }

  /** The mute that somebody is under in a room, the longest of them; `undefined` for none. Remembers a guest. */
  of(room: string, name: string, author: Author, now: number): Mute | undefined {
    const guest = author.signedIn ? undefined : this.#guests.get(author.session);
    const key = guest?.name === name ? guest.key : fold(name);
    if (this.#byKey.size === 0) {
      if (!author.signedIn) this.#see(author, name, key);
      return undefined;
    }
    const named = this.#byKey.get(key) ?? [];
    const mutes = author.signedIn ? named : [...named, ...this.#ofGuest(author, now)];
    const [longest] = mutes
      .filter((mute) => mute.until > now && (mute.room === '' || mute.room === room))
      .sort((a, b) => b.until - a.until);
    // One who is muted for where it comes from alone is not known by its own name before it may send.
    if (!author.signedIn && (longest === undefined || named.length > 0)) this.#see(author, name, key);
    return longest;
  }

  /** After `of`: mutes that should cover the author's address from now on, with it. */
  covering({ session }: Author, now: number): Mute[] {
    if (this.#byKey.size === 0) return [];
    const guest = this.#guests.get(session);
    return guest === undefined ? [] : this.#covering(guest, now);
  }

  #ofGuest({ session, address = '' }: Author, now: number): Mute[] {
    const known = this.#guests.get(session);
    if (known !== undefined) return [...known.keys].flatMap((key) => this.#byKey.get(key) ?? []);
    return (this.#byAddress.get(address) ?? []).flatMap((mute) => {
      const covered = mute.addresses.find((each) => each.address === address && each.until > now);
      return covered === undefined ? [] : [{ ...mute, until: Math.min(mute.until, covered.until) }];
    });
  }

  #see({ session, address = '' }: Author, name: string, key: string): void {
    const guest = this.#guests.get(session) ?? { keys: new Set<string>(), address, name, key };
    guest.name = name;
    guest.key = key;
    guest.keys.add(key);
    dropOldest(guest.keys, MOST_NAMES);
    // The newest last: the oldest is forgotten first.
    this.#guests.delete(session);
    this.#guests.set(session, guest);
    dropOldest(this.#guests, MOST_SESSIONS);
  }

  #covering({ keys, address }: Guest, now: number): Mute[] {
    if (address === '') return [];
    const uncovered = ({ addresses, until }: Mute): boolean =>
      until > now && addresses.length < MOST_ADDRESSES && !addresses.some((each) => each.address === address);
    const mutes = [...keys].flatMap((key) => this.#byKey.get(key) ?? []).filter(uncovered);
    const covering = mutes.map((mute) => ({
      ...mute,
      addresses: [...mute.addresses, { address, until: Math.min(mute.until, now + ADDRESS_TIME) }],
    }));
    // Here it holds at once: who comes back under another name does not wait until that is stored.
    for (const mute of covering) this.#holdFor(address, mute);
    return covering;
  }

  #holdFor(address: string, mute: Mute): void {
    const known = this.#byAddress.get(address) ?? [];
    const name = `${mute.key}\n${mute.room}`;
    const addresses = this.#addresses.get(name) ?? 0;
    if (addresses >= MOST_ADDRESSES || known.some(({ key, room }) => key === mute.key && room === mute.room)) return;
    this.#byAddress.set(address, [...known, mute]);
    this.#addresses.set(name, addresses + 1);
  }
}

function dropOldest(from: Pick<Set<string>, 'size' | 'delete'> & { keys(): Iterable<string> }, most: number): void {
  if (from.size <= most) return;
  const [oldest] = from.keys();
  if (oldest !== undefined) from.delete(oldest);
}
