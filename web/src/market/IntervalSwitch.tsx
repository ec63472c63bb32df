import { useApp } from '../app/context.ts';
import { type Interval, intervals } from './candle.ts';

const NAMES = Object.keys(intervals) as Interval[]; // Object.keys cannot know more than string.
/** The intervals in words. */
export const SPOKEN: Record<Interval, string> = {
  '1s': '1 second',
  '1m': '1 minute',
  '5m': '5 minutes',
  '1h': '1 hour',
};

/** How long one candle lasts. */
export function IntervalSwitch() {
  const { market } = useApp();
  return (
    <fieldset class="segments" data-testid="interval">
      <legend class="visually-hidden">Candle interval</legend>
      {NAMES.map((name) => (
        <label key={name} class="segment">
          <input
            type="radio"
            name="interval"
            class="visually-hidden"
            value={name}
            aria-label={SPOKEN[name]}
            checked={market.interval.value === name}
            onChange={() => {
              market.interval.value = name;
            }}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
