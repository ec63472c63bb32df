import { signal } from '@preact/signals';
import type { AuditEntry, ModerationApi, Mute, Rules } from './moderation-api.ts';

export interface ModeratorPanelOptions {
  readonly api: Pick<ModerationApi, 'rules' | 'audit' | 'unmute' | 'addWord' | 'removeWord'>;
  /** Does something with the moderator's token; resolves to whether that worked. */
  act(work: (token: string) => Promise<void>): Promise<boolean>;
}

/** What a moderator sees and changes besides messages: who is muted, which words are refused, and what was done last. */
export class ModeratorPanel {
  readonly open = signal(false);
  /** Undefined while it is not known yet. */
  readonly rules = signal<Rules | undefined>(undefined);
  readonly audit = signal<readonly AuditEntry[]>([]);
  readonly #options: ModeratorPanelOptions;
  /** How often it was read: of two answers the one to the later question counts. */
  #readings = 0;

  constructor(options: ModeratorPanelOptions) {
    this.#options = options;
  }

  async show(): Promise<void> {
    this.open.value = true;
    await this.#read();
  }

  /** Something was done elsewhere on the page: where the panel is open, it shows that too. */
  async refresh(): Promise<void> {
    if (this.open.peek()) await this.#read();
  }

  async unmute({ name, room }: Pick<Mute, 'name' | 'room'>): Promise<void> {
    await this.#change((api, token) => api.unmute(token, name, room));
  }

  async addWord(word: string): Promise<void> {
    await this.#change((api, token) => api.addWord(token, word));
  }

  async removeWord(word: string): Promise<void> {
    await this.#change((api, token) => api.removeWord(token, word));
  }

  /** What failed stays told: nothing is read after it. */
  async #change(work: (api: ModeratorPanelOptions['api'], token: string) => Promise<void>): Promise<void> {
    const { act, api } = this.#options;
    if (await act((token) => work(api, token))) await this.#read();
  }

  async #read(): Promise<void> {
    const { act, api } = this.#options;
    const reading = ++this.#readings;
    await act(async (token) => {
      const [rules, audit] = await Promise.all([api.rules(token), api.audit(token)]);
      if (reading !== this.#readings) return;
      this.rules.value = rules;
      this.audit.value = audit;
    });
  }
}
