/** A code block with a marker in a Markdown text: ```` ```lang id=name ````. Such blocks are made by code, or checked by it. */
const block = /^```(?<lang>\w+) id=(?<id>[\w-]+)\n(?<text>[\s\S]*?)^```$/gm;

/** The marked blocks of a text by their ids. Throws for an id that stands there twice. */
export function markedBlocks(markdown: string): ReadonlyMap<string, string> {
  const blocks = new Map<string, string>();
  for (const { groups: { id = '', text = '' } = {} } of markdown.matchAll(block)) {
    if (blocks.has(id)) throw new Error(`the block ${id} stands there twice`);
    blocks.set(id, text);
  }
  return blocks;
}

/** The text with the marked blocks as they should be; one that nobody makes stays as it is. */
export function withBlocks(markdown: string, made: ReadonlyMap<string, string>): string {
  return markdown.replaceAll(block, (whole, lang: string, id: string) => {
    const text = made.get(id);
    return text === undefined ? whole : `\`\`\`${lang} id=${id}\n${text}\n\`\`\``;
  });
}
