import { useRef, useState } from 'preact/hooks';
import type { Section } from '../explanation.ts';
import { hexDump } from '../model/hex-dump.ts';
import { BitGrid } from './BitGrid.tsx';
import { PartsTable } from './PartsTable.tsx';
import { useColumns } from './use-columns.ts';

const DUMPED = 512;

/** One layer: its bits where they matter, its parts in words, its bytes. */
export function SectionView({ section: { title, note, bytes, parts, bitBytes } }: { section: Section }) {
  const [chosen, choose] = useState<number>();
  const root = useRef<HTMLElement>(null);
  const columns = useColumns(root);
  const head = parts.filter(({ bits }) => bits.to <= bitBytes * 8);
  return (
    <section class="lab-section" ref={root} data-testid="lab-section" data-title={title}>
      <h3>
        {title} <span class="muted">{bytes.length} bytes</span>
      </h3>
      {note !== '' && <p class="muted">{note}</p>}
      {bitBytes > 0 && <BitGrid bytes={bytes} parts={head} columns={columns} chosen={chosen} choose={choose} />}
      <PartsTable parts={parts} caption={title} chosen={chosen} />
      <details class="dump">
        <summary>Bytes in hex</summary>
        <pre>
          {hexDump(bytes, DUMPED)
            .map(({ offset, hex, text }) => `${offset}  ${hex.padEnd(47)}  ${text}`)
            .join('\n')}
          {bytes.length > DUMPED && `\n… ${bytes.length - DUMPED} more`}
        </pre>
      </details>
    </section>
  );
}
