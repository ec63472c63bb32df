import type { Flood } from './floods.ts';
import { Trial } from './trial.ts';

/** One trial at a time: floods that ask for the same settings come upon the same server, one after the other. */
export class Trials {
  #trial: Trial | undefined;
  #settings: Flood['settings'] = {};

  /** A server for this flood. */
  async of({ settings = {} }: Flood): Promise<Trial> {
    if (this.#trial !== undefined && JSON.stringify(settings) === JSON.stringify(this.#settings)) return this.#trial;
    await this.end();
    this.#settings = settings;
    this.#trial = await Trial.begin(settings);
    // What a server does in its first second is not what it does.
    await this.#trial.quiet(1);
    return this.#trial;
  }

  async end(): Promise<void> {
    const trial = this.#trial;
    this.#trial = undefined;
    await trial?.end();
  }
}
