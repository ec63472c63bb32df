/** What one instance knows of its own clients. */
export interface InstancePresence {
  /** Names of its CONNECTED sessions; a name may stand more than once. */
  readonly users: readonly string[];
  /** Its STOMP and SSE connections. */
  readonly connections: number;
}

export interface PresenceTotals {
  /** Distinct names over all instances. */
  readonly users: number;
  readonly connections: number;
  readonly instances: number;
}

/**
 * Who is here, over all instances, forgetting those that stop reporting.
 *
 * Expiry: an instance that has not reported for 30 s counts no more.
 * Reports replace: the last report of an instance is what counts of it.
 * After close: calls reject; closing withdraws this instance's report.
 */
export interface PresenceStore {
  report(instance: string, presence: InstancePresence): Promise<void>;
  totals(): Promise<PresenceTotals>;
  close(): Promise<void>;
}
