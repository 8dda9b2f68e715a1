/** A process with an engine that works on the store. */
export interface NodeInfo {
  name: string;
  /** One lease's life: a node that lost its lease registers again under a new, higher one. */
  epoch: number;
  startedAt: string;
  /** Until when its lease holds. An idle node renews before it claims, not before that. */
  leaseExpiresAt: string;
  /** How many runs it holds. */
  running: number;
}
