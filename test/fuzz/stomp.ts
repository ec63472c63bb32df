import assert from 'node:assert/strict';
import fc from 'fast-check';
import { seededRandom } from '../../server/engines/sources/random.ts';
import { FrameError } from '../../server/protocol/stomp/frame-error.ts';
import { FrameParser } from '../../server/protocol/stomp/parser.ts';
import { versions } from '../../server/protocol/stomp/version.ts';
import { readAll } from '../protocol/stomp/frames.ts';
import type { FakePipe } from '../session/stage.ts';
import { Account, type Fuzzer, failure } from './fuzzer.ts';
import type { ServerFrame } from './legal-stomp.ts';
import { below, mutate, pick, type Random } from './mutate.ts';
import { recorded } from './recorded-stomp.ts';
import { type Conversation, conversation, type Step } from './stomp-frames.ts';
import { StompWorld } from './stomp-world.ts';
import { WellMeant } from './well-meant.ts';

const ERRORS = [
  ['id', 'errors'],
  ['destination', '/user/queue/errors'],
] as const;
/** Conversations of one run of fast-check. */
const RUN = 50;

/** Frames that are nearly right, so that they lead far inside; each receipt is answered. */
export const structuredStomp: Fuzzer = {
  name: 'STOMP, made frames',
  share: 10,
  async fuzz(count, seed) {
    const world = new StompWorld();
    const account = new Account(count);
    for (let run = 0; account.inputs < count; run++) {
      const property = fc.asyncProperty(conversation, (each) => converse(world, each, account, count));
      await fc.assert(property, { numRuns: RUN, seed: seed + 1_000_003 * run });
    }
    world.hub.close();
    return account.outcome();
  },
};

/** Holds a conversation until it ends, or there were inputs enough. */
async function converse(
  world: StompWorld,
  { offered, steps, cut, lineEnd, rash }: Conversation,
  account: Account,
  count: number,
): Promise<void> {
  const pipe = world.connect();
  receive(pipe, bytesOf('CONNECT', [['accept-version', offered]], '', lineEnd), cut);
  const end = offered === '1.1' || offered === '1.0' ? '\n' : lineEnd;
  if (!rash) receive(pipe, bytesOf('SUBSCRIBE', [...ERRORS], '', end), cut);
  const asked: string[] = [];
  const wellMeant = new WellMeant();
  for (const step of steps) {
    if (pipe.end !== undefined || account.inputs >= count) break;
    if (step.kind !== 'frame') {
      act(world, pipe, step);
      if (step.kind === 'time' || step.kind === 'answer') await world.settle();
      continue;
    }
    const { command, headers, body } = rash ? step : wellMeant.turn(step);
    asked.push(`r${asked.length}`);
    receive(pipe, bytesOf(command, [['receipt', `r${asked.length - 1}`], ...headers], body, end), cut);
    account.add(pipe.end);
  }
  await world.finish(pipe);
  const whole = pipe.end === undefined && !steps.some(isOpenEnded);
  const frames = world.end(pipe);
  if (whole) for (const receipt of asked) assert.ok(answers(frames, receipt), `${receipt} was answered`);
}

function act(world: StompWorld, pipe: FakePipe, step: Exclude<Step, { readonly kind: 'frame' }>): void {
  if (step.kind === 'append') world.append(step.count);
  else if (step.kind === 'time') world.clock.advance(step.count);
  else if (step.kind === 'answer') world.answer(step.accepted);
  else if (step.kind === 'block') pipe.blocked = true;
  else if (step.kind === 'unblock') pipe.unblock();
  else pipe.session?.receive(Buffer.from('\n'));
}

/** A content-length that is larger than the body takes in the frames behind it. */
function isOpenEnded(step: Step): boolean {
  return step.kind === 'frame' && step.headers.some(([name]) => name === 'content-length');
}

function answers(frames: readonly ServerFrame[], receipt: string): boolean {
  return frames.some(
    ({ headers, body }) => headers.get('receipt-id') === receipt || body.endsWith(`"receipt":"${receipt}"}`),
  );
}

function bytesOf(command: string, headers: readonly (readonly [string, string])[], body: string, end: string): Buffer {
  const lines = headers.map(([name, value]) => `${name}:${value}${end}`).join('');
  return Buffer.from(`${command}${end}${lines}${end}${body}\0`);
}

/** In two pieces. */
function receive(pipe: FakePipe, bytes: Buffer, cut: number): void {
  const at = Math.floor(bytes.length * cut);
  pipe.session?.receive(bytes.subarray(0, at));
  pipe.session?.receive(bytes.subarray(at));
}

/** Recorded frames with bytes changed, left out, doubled and put in. */
export const mutatedStomp: Fuzzer = {
  name: 'STOMP, mutated frames',
  share: 10,
  async fuzz(count, seed) {
    const world = new StompWorld();
    const account = new Account(count);
    const random = seededRandom(seed);
    while (account.inputs < count) {
      const sent: Buffer[] = [];
      try {
        await mutated(world, random, account, sent, count);
      } catch (error) {
        throw failure(`${error}`, Buffer.concat(sent), seed);
      }
    }
    world.hub.close();
    return account.outcome();
  },
};

/** Sends a recorded conversation, some frames changed, until the server has had enough; only those are inputs. */
async function mutated(
  world: StompWorld,
  random: Random,
  account: Account,
  sent: Buffer[],
  count: number,
): Promise<void> {
  const original = pick(random, recorded);
  const pipe = world.connect();
  for (const [i, frame] of original.entries()) {
    if (pipe.end !== undefined || account.inputs >= count) break;
    const bytes = random() < (i === 0 ? 0.05 : 0.3) ? mutate(frame, random, original) : frame;
    sent.push(bytes);
    receive(pipe, bytes, random());
    if (bytes !== frame) account.add(pipe.end);
    if (random() < 0.3) world.append(1 + below(random, 5));
    if (random() < 0.3) world.answer(random() < 0.7);
    if (random() < 0.1) await world.settle();
    if (random() < 0.1) parseAgain(bytes, random);
  }
  await world.finish(pipe);
  world.end(pipe);
}

/** However the bytes are cut, they mean the same. */
function parseAgain(bytes: Buffer, random: Random): void {
  const version = pick(random, versions);
  const at = below(random, bytes.length + 1);
  const parse = (...chunks: Buffer[]): unknown[] => {
    const parser = new FrameParser();
    parser.version = version;
    try {
      return chunks.flatMap((chunk) => {
        parser.push(chunk);
        return readAll(parser);
      });
    } catch (error) {
      assert.ok(error instanceof FrameError);
      return [error.code, error.message];
    }
  };
  const [whole, parts] = [parse(bytes), parse(bytes.subarray(0, at), bytes.subarray(at))];
  assert.deepEqual(parts, whole);
}
