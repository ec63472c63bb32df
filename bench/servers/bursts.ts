// The product's market, hub and /stream, fed by a recording that plays once: `POST /publish?speed=S` plays it S times as fast as
// it was recorded, and answers when its last row is in the market. Started with the file of the recording.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { systemClock } from '../../server/clock.ts';
import { marketStreamSource } from '../../server/destinations/stream.ts';
import { createTickRing } from '../../server/engines/embedded/tick-ring.ts';
import type { Trade } from '../../server/engines/market-source.ts';
import { Pacer, type Schedule } from '../../server/engines/sources/pacer.ts';
import { parseRecording, type Recording } from '../../server/engines/sources/recording.ts';
import { Hub } from '../../server/hub/hub.ts';
import { startFeed } from '../../server/market/feed.ts';
import { createMarket } from '../../server/market/market.ts';
import { SseEndpoint } from '../../server/transports/sse.ts';
import { announce } from './publisher.ts';

/** How often is looked whether all is in the market, in milliseconds. */
const LOOK = 20;

/** After the last row there is nothing due for as long as a timer can wait. */
const NEVER = 2 ** 30;

/** A recording that ends. */
class Once implements Schedule {
  due = 0;
  readonly #recording: Recording;
  readonly #speed: number;
  #index = 0;

  constructor(recording: Recording, speed: number) {
    this.#recording = recording;
    this.#speed = speed;
  }

  next(time: number): Trade {
    const trade = { ...this.#recording.trade(this.#index++), time };
    const ended = this.#index === this.#recording.length;
    this.due = ended ? NEVER : this.#recording.offset(this.#index) / this.#speed;
    return trade;
  }
}

const [file = ''] = process.argv.slice(2);
const recording = parseRecording(gunzipSync(readFileSync(file)).toString(), file);
const log = { debug: () => undefined, info: () => undefined, warn: console.error, error: console.error };
const clock = systemClock;
const hub = new Hub({ clock, latencyBudget: 250, stallTimeout: 30_000 });
const ticks = createTickRing({ clock, random: Math.random });
const market = await createMarket({ log: ticks, hub, clock, logger: log, symbols: recording.symbols });
let play: (speed: number) => void = () => undefined;
const feed = startFeed({
  source: {
    start(_last, take) {
      play = (speed) => void new Pacer(clock, new Once(recording, speed), take);
    },
    stop: () => undefined,
  },
  ...{ log: ticks, clock, logger: log, known: market },
});
const events = new SseEndpoint({ hub, clock, log, allowedOrigins: [], source: marketStreamSource(market) });

const http = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://bench');
  if (pathname === '/stream') events.handle(request, response);
  else if (pathname === '/state') response.end(JSON.stringify(state()));
  else {
    const { read } = market;
    play(Number(searchParams.get('speed') ?? 1));
    const looking = setInterval(() => {
      if (market.read - read < recording.length) return;
      clearInterval(looking);
      response.end('published\n');
    }, LOOK);
  }
});
http.listen(0, '127.0.0.1', () => announce((http.address() as AddressInfo).port)); // an address, because it listens on TCP

/** What the server knows: the last prices, and what its clients cost it. */
function state() {
  const { events: kept, encoded } = market.ticks.stream.bytes;
  return {
    prices: market.symbols().map(({ symbol, price }) => [symbol, price]),
    ticks: market.read,
    dropped: feed.dropped,
    conflated: hub.stats.conflated,
    stalled: hub.stats.stalled,
    kept,
    encoded,
    memory: process.memoryUsage().rss,
  };
}
