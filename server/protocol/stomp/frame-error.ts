type FrameErrorCode = 'invalid-frame' | 'too-large';

/** The bytes are not a STOMP frame, or are one above a limit; nothing after them can be read. */
export class FrameError extends Error {
  readonly code: FrameErrorCode;
  /** The `receipt` header of the frame, where it had come already. */
  readonly receipt: string | undefined;

  constructor(code: FrameErrorCode, message: string, receipt?: string) {
    super(message);
    this.name = 'FrameError';
    this.code = code;
    this.receipt = receipt;
  }
}
