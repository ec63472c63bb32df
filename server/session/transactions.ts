import { Refusal } from '../errors.ts';
import type { Batch } from './destinations.ts';

/** Transactions that a session may have open, frames that one may hold, and bytes that all of a session may hold. */
const MAX_OPEN = 16;
const MAX_FRAMES = 100;
const MAX_BYTES = 262_144;

/** What was taken in between BEGIN and COMMIT. */
export interface Transaction {
  readonly batch: Batch;
  /** What the ACKs and NACKs do when they take effect. */
  readonly acknowledgements: (() => void)[];
  frames: number;
  bytes: number;
}

/** The open transactions of a session. One of which a frame was refused holds nothing any more and cannot be committed. */
export class Transactions {
  readonly #open = new Map<string, Transaction | 'refused'>();
  #bytes = 0;

  /** Refused with `duplicate-transaction`, `too-many-transactions`. */
  begin(name: string, batch: Batch): void {
    if (this.#open.has(name)) throw new Refusal('duplicate-transaction', `The transaction ${name} is open already.`);
    if (this.#open.size >= MAX_OPEN)
      throw new Refusal('too-many-transactions', `A session has at most ${MAX_OPEN} open transactions.`);
    this.#open.set(name, { batch, acknowledgements: [], frames: 0, bytes: 0 });
  }

  /**
   * Takes a frame into a transaction by `put`. Refused with `unknown-transaction`, `transaction-refused`,
   * `transaction-too-large`, or as `put` refuses; `refuse` is then the caller's to call.
   */
  take(name: string, bytes: number, put: (transaction: Transaction) => void): void {
    const transaction = this.#wanted(name);
    this.#spend(transaction, bytes);
    put(transaction);
  }

  /** A frame of this transaction, if it is open, was refused: what is left of it must not be committed without that. */
  refuse(name: string): void {
    if (!this.#open.has(name)) return;
    this.#forget(name);
    this.#open.set(name, 'refused');
  }

  /** Ends a transaction, to be committed. Refused with `unknown-transaction`, `transaction-refused`. */
  commit(name: string): Transaction {
    try {
      return this.#wanted(name);
    } finally {
      this.#forget(name);
    }
  }

  /** Ends a transaction that is not committed. Refused with `unknown-transaction`. */
  abort(name: string): void {
    this.#known(name);
    this.#forget(name);
  }

  #known(name: string): Transaction | 'refused' {
    const transaction = this.#open.get(name);
    if (transaction !== undefined) return transaction;
    throw new Refusal('unknown-transaction', `The session has no open transaction ${name}.`);
  }

  #wanted(name: string): Transaction {
    const transaction = this.#known(name);
    if (transaction !== 'refused') return transaction;
    throw new Refusal('transaction-refused', `A frame of the transaction ${name} was refused; nothing of it is done.`);
  }

  #spend(transaction: Transaction, bytes: number): void {
    if (transaction.frames >= MAX_FRAMES)
      throw new Refusal('transaction-too-large', `A transaction has at most ${MAX_FRAMES} frames.`);
    if (this.#bytes + bytes > MAX_BYTES)
      throw new Refusal('transaction-too-large', `The open transactions of a session hold at most ${MAX_BYTES} bytes.`);
    transaction.frames++;
    transaction.bytes += bytes;
    this.#bytes += bytes;
  }

  #forget(name: string): void {
    const transaction = this.#open.get(name);
    this.#open.delete(name);
    if (transaction !== undefined && transaction !== 'refused') this.#bytes -= transaction.bytes;
  }
}
