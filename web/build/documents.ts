import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { addressOf } from './documents/links.ts';
import { type Assets, pageHtml } from './documents/page.ts';
import { render } from './documents/render.ts';
import { searchIndex } from './documents/search-index.ts';
import { readSources } from './documents/source.ts';

type Bundle = Parameters<Extract<Plugin['generateBundle'], (...all: never[]) => unknown>>[1];

const ENTRY = '/src/docs/docs.ts';

/** The Vite plugin that renders the project's Markdown to pages below `docs/` of the build, with an index to search them. */
export function documents(root: string): Plugin {
  return {
    name: 'documents',
    apply: 'build',
    async generateBundle(_options, bundle) {
      const assets: Assets = { scripts: [], styles: [] };
      const scripts: string[] = [];
      const styles: string[] = [];
      for (const output of Object.values(bundle)) {
        if (output.type !== 'chunk' || !output.facadeModuleId?.endsWith(ENTRY)) continue;
        scripts.push(output.fileName);
        styles.push(...stylesOf(output.fileName, bundle));
      }
      const files = await documentFiles(root, { ...assets, scripts, styles });
      for (const [fileName, source] of files) this.emitFile({ type: 'asset', fileName, source });
    },
  };
}

/** The styles of a script and of what it imports, those first: Vite puts what several pages share in a file of its own. */
function stylesOf(fileName: string, bundle: Bundle): string[] {
  const output = bundle[fileName];
  if (output?.type !== 'chunk') return [];
  const imported = output.imports.flatMap((name) => stylesOf(name, bundle));
  return [...new Set([...imported, ...(output.viteMetadata?.importedCss ?? [])])];
}

/** All files below `docs/` of the build, by their names. */
export async function documentFiles(root: string, assets: Assets): Promise<Map<string, string | Uint8Array>> {
  const sources = await readSources(root);
  const paths = sources.map(({ path }) => path);
  const pages = sources.map((source) => ({ source, rendered: render(source, paths) }));
  const files = new Map<string, string | Uint8Array>();
  for (const { source, rendered } of pages) {
    const name = addressOf(source.path).slice(1);
    files.set(name === 'docs/' ? 'docs/index.html' : name, pageHtml(source, rendered, sources, assets));
  }
  files.set('docs/search.json', searchIndex(pages));
  for (const entry of await readdir(join(root, 'docs'), { recursive: true, withFileTypes: true })) {
    if (!/\.(?:svg|png|json)$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(`docs${path.slice(join(root, 'docs').length)}`.replaceAll('\\', '/'), await readFile(path));
  }
  return files;
}
