/** One header, unescaped. */
export type FrameHeader = readonly [name: string, value: string];

/** One STOMP frame. */
export interface Frame {
  readonly command: string;
  /** In the order of the wire; of repeated ones the first counts (STOMP 1.2, "Repeated Header Entries"). */
  readonly headers: readonly FrameHeader[];
  readonly body: Uint8Array;
}

/** The value of a header, if the frame has it. */
export function headerOf(frame: Frame, name: string): string | undefined {
  return frame.headers.find((header) => header[0] === name)?.[1];
}
