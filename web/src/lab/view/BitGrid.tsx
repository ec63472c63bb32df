import { bitRows } from '../model/bit-rows.ts';
import type { Part } from '../model/part.ts';

interface Props {
  bytes: Uint8Array;
  parts: readonly Part[];
  columns: number;
  chosen: number | undefined;
  choose(part: number): void;
}

/** The bits of a frame's head, drawn as RFC 6455 draws them: rows of 32 bits, or fewer where that would be too small to hit. */
export function BitGrid({ bytes, parts, columns, chosen, choose }: Props) {
  return (
    <fieldset class={`bit-grid columns-${columns}`} data-testid="bit-grid" aria-label="Bits of the frame’s head">
      <div class="bit-row bit-ruler" aria-hidden="true">
        {Array.from({ length: columns }, (_, bit) => (
          <span key={bit} class="bit-number">
            {bit % 8 === 0 || columns < 32 ? bit : bit % 8}
          </span>
        ))}
      </div>
      {bitRows(bytes, parts, columns).map((row, index) => (
        <div class="bit-row" key={index}>
          {row.map(({ part, name, column, bits, first }) => (
            <button
              type="button"
              key={column}
              class={`bit-run span-${bits.length} field-${fieldClass(name)}`}
              data-part={name}
              data-bits={bits}
              aria-pressed={chosen === part}
              onClick={() => choose(part)}
            >
              <span class="bit-values">
                {[...bits].map((bit, at) => (
                  <span key={at}>{bit}</span>
                ))}
              </span>
              <span class="visually-hidden">
                {' '}
                {name}
                {!first && ', continued'}
              </span>
              <span class="bit-name" aria-hidden="true">
                {first ? shortName(name, bits.length) : '…'}
              </span>
            </button>
          ))}
        </div>
      ))}
    </fieldset>
  );
}

function fieldClass(name: string): string {
  if (name.startsWith('RSV')) return 'rsv';
  if (name.startsWith('length')) return 'length';
  return name.replaceAll(/\W+/g, '-').toLowerCase();
}

function shortName(name: string, bits: number): string {
  if (bits > 1) return name;
  return name === 'MASK' ? 'M' : name.startsWith('RSV') ? `R${name.at(-1)}` : name === 'FIN' ? 'F' : name;
}
