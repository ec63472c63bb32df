import type { Frame } from '../../../server/protocol/stomp/frame.ts';
import { FrameParser } from '../../../server/protocol/stomp/parser.ts';
import type { Version } from '../../../server/protocol/stomp/version.ts';

/** All frames in `chunks`, read after each of them; throws as the parser does. */
export function parse(version: Version | undefined, ...chunks: readonly (string | Uint8Array)[]): Frame[] {
  const parser = new FrameParser();
  parser.version = version;
  return chunks.flatMap((chunk) => {
    parser.push(Buffer.from(chunk));
    return readAll(parser);
  });
}

export function readAll(parser: FrameParser): Frame[] {
  const frames: Frame[] = [];
  for (let frame = parser.read(); frame !== undefined; frame = parser.read()) frames.push(frame);
  return frames;
}

/** A frame with a readable body, for comparing. */
export function plain(frame: Frame): { command: string; headers: Frame['headers']; body: string } {
  return { command: frame.command, headers: frame.headers, body: Buffer.from(frame.body).toString('latin1') };
}
