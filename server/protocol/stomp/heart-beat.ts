/** What a side said in its `heart-beat` header, in milliseconds; 0: cannot, or does not want to. */
export interface HeartBeat {
  /** How often it can promise to send something. */
  readonly promised: number;
  /** How often it would like to hear something. */
  readonly wanted: number;
}

/** Reads a `heart-beat` header (STOMP 1.2, "Heart-beating"); `undefined` where it is not two numbers. */
export function parseHeartBeat(value: string): HeartBeat | undefined {
  const match = /^(\d{1,15}),(\d{1,15})$/.exec(value.replaceAll(' ', ''));
  return match === null ? undefined : { promised: Number(match[1]), wanted: Number(match[2]) };
}
