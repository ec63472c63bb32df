import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Clock } from '../clock.ts';

/** When a state last changed, in milliseconds since 1970. */
export function since(state: ReadonlySignal<unknown>, clock: Clock): ReadonlySignal<number> {
  const at = signal(clock.now());
  effect(() => {
    void state.value;
    at.value = clock.now();
  });
  return at;
}
