import type { ErrorCode } from '../../server/errors.ts';
import type { ClientDescription, Sink } from '../../server/hub/sink.ts';

/** A sink that keeps what it got, and takes bytes or not as the test says. */
export class RecordingSink implements Sink {
  readonly parts: Uint8Array[] = [];
  /** Number of writes, a gathered one counting once. */
  writes = 0;
  /** While true, each write fills the pipe: what is handed over counts as waiting. */
  blocking = false;
  /** Bytes handed over that the peer has not taken. */
  waiting = 0;
  paused = false;
  closed: ErrorCode | undefined;

  get text(): string {
    return Buffer.concat(this.parts).toString();
  }

  write(bytes: Uint8Array): boolean {
    return this.writeAll([bytes]);
  }

  writeAll(parts: readonly Uint8Array[]): boolean {
    if (this.waiting > 0) throw new Error('written to while full');
    this.writes++;
    this.parts.push(...parts);
    if (this.blocking) for (const part of parts) this.waiting += part.length;
    return !this.blocking;
  }

  pauseReading(): void {
    this.paused = true;
  }

  resumeReading(): void {
    this.paused = false;
  }

  close(code: ErrorCode): void {
    this.closed = code;
  }

  describe(): ClientDescription {
    return { transport: 'recording', address: '192.0.2.1' };
  }
}
