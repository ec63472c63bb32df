/** One bar of a chart. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  readonly ours: boolean;
}

const ROW = 30;
const LEFT = 250;
const WIDTH = 820;
const BARS = 430;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** A chart of bars as SVG, for a light page and a dark one. */
export function chart(title: string, bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const rows = bars.map(({ label, value, text, ours }, index) => {
    const y = 46 + index * ROW;
    const width = Math.max(2, Math.round((value / most) * BARS));
    return [
      `<text class="label" x="${LEFT - 12}" y="${y + 15}">${escaped(label)}</text>`,
      `<rect class="${ours ? 'ours' : 'other'}" x="${LEFT}" y="${y}" width="${width}" height="20" rx="3"/>`,
      `<text class="value" x="${LEFT + width + 8}" y="${y + 15}">${escaped(text)}</text>`,
    ].join('\n');
  });
  const height = 56 + bars.length * ROW;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2733 }
.title { font-size: 15px; font-weight: 600 }
.label { text-anchor: end }
.ours { fill: #0b7a5b }
.other { fill: #9aa6b5 }
@media (prefers-color-scheme: dark) { text { fill: #e4e9f0 } .ours { fill: #2fc495 } .other { fill: #5c6878 } }
</style>
<text class="title" x="12" y="24">${escaped(title)}</text>
${rows.join('\n')}
</svg>
`;
}
