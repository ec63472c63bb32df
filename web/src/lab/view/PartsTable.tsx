import type { Part } from '../model/part.ts';

interface Props {
  parts: readonly Part[];
  caption: string;
  chosen?: number | undefined;
  depth?: number;
}

/** Parts in words: what stands there, and what it means. */
export function PartsTable({ parts, caption, chosen }: Props) {
  return (
    <table class="parts">
      <caption class="visually-hidden">{caption}</caption>
      <colgroup>
        <col class="parts-name" />
        <col class="parts-value" />
        <col />
      </colgroup>
      <thead class="visually-hidden">
        <tr>
          <th>Part</th>
          <th>Value</th>
          <th>Meaning</th>
        </tr>
      </thead>
      <tbody>
        {parts.map((part, index) => (
          <PartRow key={part.bits.from} part={part} chosen={chosen === index} depth={0} />
        ))}
      </tbody>
    </table>
  );
}

const SHOWN = 400;

function PartRow({ part, chosen, depth }: { part: Part; chosen: boolean; depth: number }) {
  const { name, value, text, problem, parts = [] } = part;
  return (
    <>
      <tr
        class={chosen ? 'chosen' : undefined}
        data-part={name}
        data-problem={problem === undefined ? undefined : 'yes'}
      >
        <th class={depth > 0 ? 'inner' : undefined}>
          {name}
          <span class="part-place">{placeOf(part)}</span>
        </th>
        <td class="part-value">{shown(value)}</td>
        <td>
          {shown(text)}
          {problem !== undefined && <strong class="part-problem">Wrong: {problem}.</strong>}
        </td>
      </tr>
      {parts.map((inner) => (
        <PartRow key={inner.bits.from} part={inner} chosen={false} depth={depth + 1} />
      ))}
    </>
  );
}

function shown(text: string): string {
  const visible = text.slice(0, SHOWN).replaceAll('\u0000', '^@');
  return text.length > SHOWN ? `${visible}…` : visible;
}

/** `bit 0`, `bits 4–7`, `bytes 2–5`. */
function placeOf({ bits: { from, to } }: Part): string {
  if (from % 8 !== 0 || to % 8 !== 0) return to - from === 1 ? `bit ${from}` : `bits ${from}–${to - 1}`;
  const [first, last] = [from / 8, to / 8 - 1];
  return first === last ? `byte ${first}` : `bytes ${first}–${last}`;
}
