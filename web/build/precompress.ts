import { readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.svg', '.json', '.txt']);
/** Below this a compressed file saves no packet. */
const MIN_BYTES = 512;

/**
 * Writes `<file>.br` and `<file>.gz` beside each compressible file of a folder, where that is smaller, so that the server
 * compresses nothing while it serves. Rejects with the file system's error.
 */
async function precompressFolder(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && COMPRESSIBLE.has(extname(entry.name)));
  await Promise.all(files.map((file) => precompressFile(join(file.parentPath, file.name))));
}

async function precompressFile(file: string): Promise<void> {
  const bytes = await readFile(file);
  if (bytes.length < MIN_BYTES) return;
  const forms = [
    ['br', await promisify(brotliCompress)(bytes)],
    ['gz', await promisify(gzip)(bytes, { level: 9 })],
  ] as const;
  for (const [suffix, compressed] of forms) {
    if (compressed.length < bytes.length) await writeFile(`${file}.${suffix}`, compressed);
  }
}

/** The Vite plugin that does so with what a build has written. */
export function precompress(): Plugin {
  let folder = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir);
    },
    closeBundle: () => precompressFolder(folder),
  };
}
