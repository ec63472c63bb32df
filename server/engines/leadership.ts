/** Hears whether its member leads; called in turn, `elected` first. */
export interface LeadershipListener {
  elected(): void;
  /** Somebody else may have led since `elected`: what was begun must be ended, and nothing of it go on. */
  deposed(): void;
}

/**
 * Exactly one of all members is active.
 *
 * Safety: at no time `isLeader` is true for two members. Whether it is true must be asked right before each deed, also
 * between `elected` and `deposed`: it turns false first, by the clock alone, as soon as the group could believe that this
 * member is dead (it was frozen, or cut off), and turns true again where the group did not.
 * Liveness: where the leader leaves, dies, freezes or is cut off, another member is elected within 10 s. A member that
 * joins does not depose the one that leads.
 * Outage: while the group cannot be reached nobody is elected, and who leads stops to be leader.
 * After close: `isLeader` is false, the listener is not called again, and another member may be elected at once.
 */
export interface Leadership {
  /** Joins the group. Resolves once this member takes part; rejects where it may not. Called once. */
  start(listener: LeadershipListener): Promise<void>;
  isLeader(): boolean;
  close(): Promise<void>;
}
