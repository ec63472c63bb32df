/** Tries a parser, and what stands behind it, with input that nobody would send who means well. */
export interface Fuzzer {
  /** Of what it tries. */
  readonly name: string;
  /** Tries at least so many frames (or what stands for them); rejects with what it found. The seed fixes all of them. */
  fuzz(frames: number, seed: number): Promise<void>;
}
