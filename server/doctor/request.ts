import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';

/** Of an answer that should be short, read at most, in UTF-16 units. */
const MOST_TEXT = 1_000_000;

/** Asks on a connection of its own, so that each request may reach another instance. Rejects with a sentence. */
export function get(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? requestTls : requestPlain;
  return new Promise((resolve, reject) => {
    const request = send(url, { headers, agent: false, signal }, resolve);
    request.on('error', (error) => reject(new Error(unreachable(url, error), { cause: error })));
    request.end();
  });
}

/** Signs in, where there is a token. */
export function bearer(token: string | undefined): Readonly<Record<string, string>> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** What is said where the server asks for a token. */
export const TOKEN_NEEDED = 'asks for a token (AUTH=jwt): set DOCTOR_TOKEN to a good one to see what is behind';

/** The whole body. */
export async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    text += chunk;
    if (text.length > MOST_TEXT) throw new Error('the answer is far too long');
  }
  return text;
}

/** Why nothing came, and what to do. */
export function unreachable(url: URL, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const said = (error instanceof Error && error.message) || code;
  if (code === 'ENOTFOUND') return `there is no host ${url.hostname}: correct the URL, or its entry in the DNS`;
  if (code === 'ECONNREFUSED')
    return `nothing listens at ${url.host}: start the server or its proxy, or correct the URL`;
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code))
    return `the certificate of ${url.host} is not trusted (${said}): install one for this name, with the chain of its authority`;
  return `${url.host} does not answer as a web server does (${said})`;
}
