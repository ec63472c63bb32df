/** A generated page: a title, its lines, and from what it was made. */
export function page(title: string, source: string, lines: readonly string[]): string {
  return `${[`# ${title}`, '', ...lines, '', `<!-- Made from ${source} by \`npm run docs\`. -->`].join('\n')}\n`;
}

/** A table in Markdown, with its columns as wide as the formatter wants them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows].map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...all.map((cells) => cells[column]?.length ?? 0)));
  const [first = '', ...more] = all.map((cells) => row(cells.map((cell, column) => cell.padEnd(widths[column] ?? 0))));
  return [first, row(widths.map((width) => '-'.repeat(width))), ...more];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
