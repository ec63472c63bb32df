import { readFile } from 'node:fs/promises';
import type { Clock } from '../clock.ts';

/** How long an answer may take, in milliseconds, and how large it may be, in bytes. */
const TIMEOUT = 5_000;
const LARGEST = 1_048_576;

/** The JSON at an http(s) URL or in a file. Rejects with an `Error` that says what is wrong, without the URL's query. */
export async function loadJson(place: string, clock: Clock): Promise<unknown> {
  const text = /^https?:/.test(place) ? await textAt(place, clock) : await textIn(place);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`at ${shown(place)} are no JSON`);
  }
}

async function textIn(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Error(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function textAt(url: string, clock: Clock): Promise<string> {
  const cut = new AbortController();
  const timer = clock.after(TIMEOUT, () => cut.abort(new Error(`no answer within ${TIMEOUT / 1_000} s`)));
  try {
    // A redirect would lead to keys that nobody chose.
    const response = await fetch(url, {
      redirect: 'error',
      signal: cut.signal,
      headers: { accept: 'application/jwk-set+json, application/json' },
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return await bounded(response);
  } catch (error) {
    const reason = error instanceof Error ? (error.cause instanceof Error ? error.cause : error).message : error;
    throw new Error(`cannot be had from ${shown(url)}: ${reason}`);
  } finally {
    timer.cancel();
  }
}

async function bounded({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > LARGEST) throw new Error(`the answer is larger than ${LARGEST} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Some services take a key in the query. */
function shown(place: string): string {
  return place.split('?', 1)[0] ?? '';
}
