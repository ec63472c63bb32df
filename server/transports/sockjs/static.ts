import { createHash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { iframePage } from '../../protocol/sockjs/iframe-page.ts';
import { type Exchange, frameAncestors, longCached } from './answers.ts';

/** Something that stays the same while the server runs. */
interface Resource {
  readonly type: string;
  readonly body: Uint8Array;
  readonly etag: string;
}

/** The page for frames, and the client library that it loads: both kept by browsers for long, and known by an ETag. */
export class StaticResources {
  readonly #clock: Clock;
  readonly #iframe: Resource;
  readonly #script: Resource;
  readonly #ancestors: ReturnType<typeof frameAncestors>;

  /** @param script - the client library, the URL that the page loads it from, and whether that is ours */
  constructor(
    script: { readonly url: string; readonly body: Uint8Array; readonly own: boolean },
    allowed: readonly string[],
    clock: Clock,
  ) {
    this.#clock = clock;
    this.#script = resource('application/javascript; charset=UTF-8', script.body);
    // Kept for a year, the library of before would meet pages of the next version, and refuse to work with them.
    const url = script.own ? `${script.url}?v=${this.#script.etag.slice(1, 9)}` : script.url;
    this.#iframe = resource('text/html; charset=UTF-8', Buffer.from(iframePage(url)));
    this.#ancestors = frameAncestors(allowed);
  }

  answerIframe(exchange: Exchange): void {
    this.#answer({ ...exchange, headers: { ...exchange.headers, ...this.#ancestors } }, this.#iframe);
  }

  answerScript(exchange: Exchange): void {
    this.#answer(exchange, this.#script);
  }

  #answer({ request, response, headers }: Exchange, { type, body, etag }: Resource): void {
    const all = { ...headers, ...longCached(this.#clock), ETag: etag };
    if (knows(request.headers['if-none-match'], etag)) {
      response.writeHead(304, all).end();
      return;
    }
    response.writeHead(200, { ...all, 'Content-Type': type, 'Content-Length': body.length });
    response.end(request.method === 'HEAD' ? undefined : body);
  }
}

/** RFC 9110 section 13.1.2: one of a list is enough, and a weak one too: proxies that compress an answer make its tag weak. */
function knows(asked: string | undefined, etag: string): boolean {
  const tags = asked?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags?.some((tag) => tag === etag || tag === '*') ?? false;
}

function resource(type: string, body: Uint8Array): Resource {
  return { type, body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
}
