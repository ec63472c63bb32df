import { changeText, direction } from './format.ts';

const ARROWS = { up: '▲', down: '▼', flat: '' } as const;

/** A change in per cent: sign, arrow and colour say the same. */
export function Change({ change }: { change: number }) {
  const way = direction(change);
  return (
    <span class={`change ${way}`}>
      <span class="change-arrow" aria-hidden="true">
        {ARROWS[way]}
      </span>
      {changeText(change)}
    </span>
  );
}
