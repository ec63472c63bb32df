import { useEffect, useState } from 'preact/hooks';
import type { Entry } from '../entry.ts';
import { explain, keyIn, type Section } from '../explanation.ts';
import { summaryOf } from '../summary.ts';
import { AcceptSteps } from './AcceptSteps.tsx';
import { SectionView } from './SectionView.tsx';

const SENDER = { client: 'Sent by the page', server: 'Received from the server', page: 'Note' } as const;

/** An entry taken apart. */
export function Detail({ entry }: { entry: Entry }) {
  const [sections, setSections] = useState<readonly Section[]>([]);
  useEffect(() => {
    let current = true;
    void explain(entry).then((made) => {
      if (current) setSections(made);
    });
    return () => {
      current = false;
    };
  }, [entry]);
  const { kind, text, size } = summaryOf(entry);
  const { content } = entry;
  const key = content.kind === 'head' ? keyIn(content.bytes) : undefined;
  return (
    <article class="lab-detail" data-testid="lab-detail" aria-label="The chosen entry, explained">
      <header class="lab-detail-head">
        <h2>{kind}</h2>
        <p class="muted">
          {SENDER[entry.from]}, {entry.connection.name}, {size} bytes, {new Date(entry.at).toISOString().slice(11, 23)}{' '}
          UTC
        </p>
      </header>
      {content.kind === 'note' && <p class="lab-words">{text}</p>}
      {sections.map((section, index) => (
        <SectionView key={`${entry.n}-${index}`} section={section} />
      ))}
      {key !== undefined && <AcceptSteps given={key} />}
    </article>
  );
}
