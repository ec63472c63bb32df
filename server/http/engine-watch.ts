import type { Engine, EngineState } from './info.ts';

/** An engine, and how often it was found to be away. */
export interface WatchedEngine extends Engine {
  /** Times that it did not answer after it had. Who asks for health, for `/api/info` or for metrics finds out. */
  readonly outages: number;
}

/** Counts the outages of an engine that those see who ask for its state. */
export function watchEngine({ kind, state }: Engine): WatchedEngine {
  let last: EngineState = 'up';
  let outages = 0;
  return {
    kind,
    async state() {
      const now = await state();
      if (now === 'down' && last !== 'down') outages++;
      last = now;
      return now;
    },
    get outages() {
      return outages;
    },
  };
}
