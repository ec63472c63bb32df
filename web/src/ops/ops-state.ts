import { signal } from '@preact/signals';
import type { Clock } from '../clock.ts';
import type { Preferences } from '../preferences.ts';
import { History } from './history.ts';
import type { Action, Instance, Moderating, ModerationView } from './instance.ts';
import { type OpsApi, TokenNeeded } from './ops-api.ts';

const EVERY_MS = 2_000;
const KEY = 'admin-token';

/** What the operator's view shows, asked for every two seconds. */
export class OpsState {
  /** `undefined` until the first answer. */
  readonly instances = signal<readonly Instance[] | undefined>(undefined);
  readonly history = signal<History['points']>([]);
  /** Why nothing new comes; what is shown may be old. */
  readonly trouble = signal<string | undefined>(undefined);
  /** The server asks for a token; what it said, empty at the first time. */
  readonly tokenAsked = signal<string | undefined>(undefined);
  /** How the last action went. */
  readonly outcome = signal<{ readonly text: string; readonly failed: boolean } | undefined>(undefined);
  /** The room that is moderated; `undefined` while nobody looks. */
  readonly room = signal<string | undefined>(undefined);
  readonly moderation = signal<ModerationView | undefined>(undefined);
  readonly #api: OpsApi;
  readonly #clock: Clock;
  readonly #storage: Preferences;
  readonly #history = new History();
  #token: string;

  /** @param storage - where the token stays while the tab is open */
  constructor(api: OpsApi, clock: Clock, storage: Preferences) {
    this.#api = api;
    this.#clock = clock;
    this.#storage = storage;
    this.#token = storage.get(KEY) ?? '';
  }

  /** Looks now, and from then on again and again while no token is asked for. */
  async watch(): Promise<void> {
    await this.look();
    if (this.tokenAsked.value === undefined) this.#clock.after(EVERY_MS, () => void this.watch());
  }

  async look(): Promise<void> {
    try {
      const instances = await this.#api.instances(this.#token);
      this.#history.add(instances, this.#clock.now());
      this.instances.value = instances;
      this.history.value = this.#history.points;
      this.trouble.value = undefined;
      await this.#lookAtRoom();
    } catch (error) {
      if (error instanceof TokenNeeded) this.tokenAsked.value = this.#token === '' ? '' : error.message;
      else this.trouble.value = error instanceof Error ? error.message : String(error);
    }
  }

  /** Tries a token; it stays while the tab is open. */
  async signIn(token: string): Promise<void> {
    this.#token = token.trim();
    this.#storage.set(KEY, this.#token);
    this.tokenAsked.value = undefined;
    await this.watch();
  }

  /** Has an instance do something; what became of it is in `outcome`. */
  async act(instance: string, action: Action, done: string): Promise<void> {
    try {
      await this.#api.act(this.#token, instance, action);
      this.outcome.value = { text: done, failed: false };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.outcome.value = { text: `Not done: ${why}`, failed: true };
    }
    await this.look();
  }

  /** Moderates by an instance that has the chat; all have the same. */
  async moderate(what: Moderating, done: string): Promise<void> {
    const id = this.#moderated;
    if (id !== undefined) await this.act(id, { do: 'moderate', what }, done);
  }

  /** Shows a room, now and with each look. */
  async open(room: string): Promise<void> {
    this.room.value = room;
    await this.look();
  }

  get #moderated(): string | undefined {
    return this.instances.value?.find(({ rooms }) => rooms !== undefined)?.instance;
  }

  async #lookAtRoom(): Promise<void> {
    const room = this.room.value;
    const id = this.#moderated;
    if (room === undefined || id === undefined) return;
    this.moderation.value = await this.#api.act(this.#token, id, { do: 'moderate', what: { act: 'look', room } });
  }
}
