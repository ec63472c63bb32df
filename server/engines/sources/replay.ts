import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Clock } from '../../clock.ts';
import type { MarketSource, Trade } from '../market-source.ts';
import { Pacer, type Schedule } from './pacer.ts';
import { parseRecording, type Recording } from './recording.ts';

export interface ReplayOptions {
  readonly clock: Clock;
  /** CSV, gzipped or not; see `parseRecording`. */
  readonly file: string;
  /** How much faster than recorded; above 0. */
  readonly speed: number;
}

/** A source of recorded trades; `symbols` are all that the recording holds. */
export interface Replay extends MarketSource {
  readonly symbols: readonly string[];
}

/** An unpacked recording may have at most so many bytes. */
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * Plays recorded trades in an endless loop, with the times moved so that each trade carries the moment at which it is
 * played. Rejects with an error that names the file, and the line where one is wrong.
 */
export async function createReplay({ clock, file, speed }: ReplayOptions): Promise<Replay> {
  const recording = parseRecording(await read(file), file);
  let pacer: Pacer | undefined;
  return {
    symbols: recording.symbols,
    start(_last, take) {
      pacer?.stop();
      pacer = new Pacer(clock, new Loop(recording, speed), take);
    },
    stop: () => pacer?.stop(),
  };
}

async function read(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (packed ? await promisify(gunzip)(bytes, { maxOutputLength: MOST_BYTES }) : bytes).toString('utf8');
  } catch (error) {
    throw new Error(`${file}: cannot be read: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

class Loop implements Schedule {
  due = 0;
  readonly #recording: Recording;
  readonly #speed: number;
  #index = 0;
  #rounds = 0;

  constructor(recording: Recording, speed: number) {
    this.#recording = recording;
    this.#speed = speed;
  }

  next(time: number): Trade {
    const trade = { ...this.#recording.trade(this.#index), time };
    this.#index = (this.#index + 1) % this.#recording.length;
    if (this.#index === 0) this.#rounds++;
    this.due = (this.#rounds * this.#recording.duration + this.#recording.offset(this.#index)) / this.#speed;
    return trade;
  }
}
