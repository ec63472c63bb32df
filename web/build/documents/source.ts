import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';

/** A Markdown file of the project. */
export interface Source {
  /** From the project's root, with slashes: `docs/protocols/stomp.md`. */
  readonly path: string;
  readonly text: string;
  /** Its first heading. */
  readonly title: string;
  /** The heading of the navigation that it stands under. */
  readonly group: string;
}

/** Pages beside `docs/` that are shown too. */
const OUTSIDE = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'];
/** Groups in the order of the navigation. Others come behind them. */
const GROUPS = ['Start', 'Protocols', 'Architecture', 'Production', 'Reference', 'Decisions', 'Project'];
const FIRST = ['README.md', 'docs/protocol-lab.md'];

/** All pages, in the order in which one reads them. */
export async function readSources(root: string): Promise<Source[]> {
  const found = await readdir(join(root, 'docs'), { recursive: true, withFileTypes: true });
  const inside = found
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
  const sources = await Promise.all([...OUTSIDE, ...inside].map((path) => readSource(root, path)));
  const listed = new Map(sources.flatMap(listedBy));
  const order = ({ path }: Source): number => listed.get(path) ?? sources.length;
  return sources.sort(
    (a, b) =>
      place(a.group) - place(b.group) ||
      rank(a.path) - rank(b.path) ||
      order(a) - order(b) ||
      (a.path < b.path ? -1 : 1),
  );
}

/** A README says in which order its folder is read: that of its links. */
function listedBy({ path, text }: Source): (readonly [path: string, at: number])[] {
  if (basename(path) !== 'README.md' || path === 'README.md') return [];
  const links = [...text.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name = '']) => `${dirname(path)}/${name}`);
  return [...new Set(links)].map((link, at) => [link, at]);
}

async function readSource(root: string, path: string): Promise<Source> {
  const text = await readFile(join(root, path), 'utf8');
  const title = /^# (.+)$/m.exec(text)?.[1]?.replaceAll('`', '') ?? basename(path, '.md');
  return { path, text, title, group: groupOf(path) };
}

function groupOf(path: string): string {
  const [, folder] = /^docs\/([^/]+)\//.exec(path) ?? [];
  if (folder !== undefined) return `${folder[0]?.toUpperCase()}${folder.slice(1)}`;
  return path === 'README.md' || dirname(path) === 'docs' ? 'Start' : 'Project';
}

function place(group: string): number {
  const at = GROUPS.indexOf(group);
  return at < 0 ? GROUPS.length : at;
}

/** What explains the others comes first. */
function rank(path: string): number {
  const at = FIRST.indexOf(path);
  if (at >= 0) return at;
  return basename(path) === 'README.md' ? FIRST.length : FIRST.length + 1;
}
