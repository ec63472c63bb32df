import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** Bytes of JSON in each message. */
const MESSAGE_BYTES = 220;

/** A chat-like message that carries when it was made (`t`, microseconds since 1970) and its number. */
export function benchMessage(seq: number): string {
  const t = Math.round((performance.timeOrigin + performance.now()) * 1000);
  const head = `{"kind":"message","seq":${seq},"t":${t},"sender":"bench","content":"`;
  return `${head}${'x'.repeat(MESSAGE_BYTES - head.length - 2)}"}`;
}

let recorded: readonly string[] | undefined;

/** A recorded trade as a tick. The same few thousand come again and again. */
function benchTick(seq: number): string {
  recorded ??= gunzipSync(readFileSync(new URL('../../samples/trades-2025-03-25.csv.gz', import.meta.url)))
    .toString()
    .split('\n', 5_001)
    .slice(1);
  const [time, symbol, price, size, side] = recorded[seq % recorded.length]?.split(',') ?? [];
  const change = Math.round(Number(price) * 3) / 1e4;
  return JSON.stringify({ symbol, price: Number(price), size: Number(size), side, change, time: Number(time) });
}

/**
 * Answers `POST /publish?rate=R&count=N`: calls `publish` N times at R a second, as evenly as timers allow, and answers
 * 200 when the last was handed over. Where publishing itself is slower than the rate, it goes on as fast as it can, but
 * lets the sockets have their turn every few milliseconds.
 */
export function servePublish(
  request: IncomingMessage,
  response: ServerResponse,
  publish: (message: string, seq: number) => void,
): void {
  const query = new URL(request.url ?? '/', 'http://bench').searchParams;
  const rate = Number(query.get('rate') ?? 10);
  const count = Number(query.get('count') ?? 10);
  const make = query.get('what') === 'trades' ? benchTick : benchMessage;
  const start = performance.now();
  let sent = 0;
  const step = (): void => {
    const began = performance.now();
    while (sent < count && sent < ((performance.now() - start) * rate) / 1000 && performance.now() - began < 5) {
      sent++;
      publish(make(sent), sent);
    }
    if (sent < count) setTimeout(step, Math.min(1, 1000 / rate));
    else response.end('published\n');
  };
  step();
}

/** Tells the benchmark's runner where this server listens. */
export function announce(port: number): void {
  process.stdout.write(`${JSON.stringify({ port })}\n`);
}
