import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../server/app.ts';
import { systemClock } from '../server/clock.ts';
import { loadSettings } from '../server/config/load.ts';
import type { JsonSchema } from './reference/json-schema.ts';

/** What the reference reads of the description; the rest of it is passed on. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * The description of the REST API as a server gives it at `/api/openapi.json`: one is started for the purpose, with sign-in, so
 * that the scopes are told too.
 */
export async function openApi(): Promise<OpenApi> {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-docs-'));
  const app = await startApp(settingsIn(folder), {
    log: silent,
    clock: systemClock,
    random: Math.random,
    newId: randomUUID,
    version: await version(),
    page: folder,
    processMetrics: false,
  });
  try {
    const response = await fetch(`http://127.0.0.1:${app.port}/api/openapi.json`);
    return (await response.json()) as OpenApi; // our own description
  } finally {
    await app.close();
    await rm(folder, { recursive: true });
  }
}

function settingsIn(folder: string) {
  const { settings, problems } = loadSettings({ DATA_DIR: folder, AUTH: 'jwt', JWT_SECRET: randomUUID() });
  if (settings === undefined) throw new Error(`the settings of the description are wrong: ${problems}`);
  return { ...settings, HOST: '127.0.0.1', PORT: 0, ADMIN_PORT: 0, MARKET_SOURCE: 'off' as const };
}

async function version(): Promise<string> {
  const text = await readFile(join(import.meta.dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version; // our own file
}
