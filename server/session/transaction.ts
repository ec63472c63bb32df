import { type Frame, headerOf } from '../protocol/stomp/frame.ts';
import { requiredHeader } from './headers.ts';
import type { Session } from './session.ts';
import type { Transaction } from './transactions.ts';

/** What takes part in a transaction (STOMP 1.2, "BEGIN"). */
const PARTS: ReadonlySet<string> = new Set(['SEND', 'ACK', 'NACK']);

/** BEGIN: what names this transaction from here on waits for its COMMIT (STOMP 1.2, "BEGIN"). */
export function begin(session: Session, frame: Frame, receipt: string | undefined): void {
  session.needSender(frame);
  session.transactions.begin(requiredHeader(frame, 'transaction'), session.host.options.destinations.begin());
  session.receipt(receipt);
}

/** COMMIT: all of it is done, in its order, or nothing. The RECEIPT follows when the messages are accepted. */
export function commit(session: Session, frame: Frame, receipt: string | undefined): void {
  session.needSender(frame);
  session.track(settle(session.transactions.commit(requiredHeader(frame, 'transaction'))), receipt);
}

/** ABORT: nothing of it is done. */
export function abort(session: Session, frame: Frame, receipt: string | undefined): void {
  session.needSender(frame);
  session.transactions.abort(requiredHeader(frame, 'transaction'));
  session.receipt(receipt);
}

/** This frame was refused, for whatever reason: so is the transaction that it is part of, which is done whole or not at all. */
export function refuseTransactionOf(session: Session, frame: Frame): void {
  const name = headerOf(frame, 'transaction');
  if (name !== undefined && PARTS.has(frame.command)) session.transactions.refuse(name);
}

async function settle({ batch, acknowledgements }: Transaction): Promise<void> {
  await batch.commit();
  for (const acknowledge of acknowledgements) acknowledge();
}
