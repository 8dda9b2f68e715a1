import type { Cancelling } from "./runs.ts";

/** A node's lease as the store keeps it. */
export interface NodeRow {
  /** One lease's life: a node that lost it registers again under a new one. Grows over the store. */
  readonly epoch: number;
  /** The process's name, for people and records. */
  readonly name: string;
  readonly leaseMs: number;
  readonly expiresAt: number;
  /**
   * Whether `expiresAt` has passed, by the store's clock, or lies further ahead than a lease lasts: then that clock was
   * set back, and the node has not renewed since. An idle node's may have; it renews before it claims.
   */
  readonly expired: boolean;
  readonly startedAt: number;
  /** How many runs it holds. */
  readonly running: number;
  /** Where it listens, and on which boot of the machine: what proves its death (see `Presence`). */
  readonly socket?: string;
  readonly bootId?: string;
}

/** A node to be declared dead, and why its observer may say so. */
export interface Suspect {
  readonly epoch: number;
  /** The lease's end as it was observed: if it moved since, the node lives. Absent: its death is proved. */
  readonly expiresAt?: number;
}

/** A run that lost its attempt. */
export interface LostRun {
  readonly id: string;
  readonly task: string;
  /** The lost attempt ended the run: the third loss, or `onLost` is fail (E_LOST), or it was to be cancelled. */
  readonly ended: boolean;
  /** It ended E_CANCELLED. */
  readonly cancelled?: true;
}

/** When a node lived, as far as the store can tell. */
export interface NodeLife {
  readonly name: string;
  readonly epoch: number;
  readonly startedAt: number;
  /** When it left or was declared dead; absent while it lives. */
  readonly endedAt?: number;
  /** The last sign of life that the store has: it lived then. */
  readonly seenAt: number;
}

export interface NodeStore {
  /** A new lease under a new epoch. */
  register(node: {
    name: string;
    leaseMs: number;
    taskIds: readonly string[];
    socket?: string;
    bootId?: string;
  }): Promise<{ epoch: number }>;
  /**
   * Renews the lease until now + its length, also after it expired, unless it was taken over (`dead`). `cancelled` are
   * the held runs whose cancelling was asked for. Renewals come first in every group and wait for no row.
   */
  renew(epoch: number): Promise<{ outcome: "renewed"; cancelled: Cancelling[] } | { outcome: "dead" }>;
  /** The nodes that have not left and were not declared dead, by epoch. */
  list(): Promise<NodeRow[]>;
  /** The nodes that lived at some time in [from, to], by epoch, as far as they are kept; at most 1,000, the newest. */
  lives(from: number, to: number): Promise<NodeLife[]>;
  /**
   * Declares suspects dead and makes their runs ready again (or ends them), in one transaction. `by` renews its own
   * lease in it first; a dead `by` reaps nothing and gets `dead`. A suspect is spared when its lease moved or has not
   * expired, except where its death is proved.
   */
  reap(by: number, suspects: readonly Suspect[]): Promise<{ outcome: "reaped"; lost: LostRun[] } | { outcome: "dead" }>;
  /** Gives up the lease; runs it still holds become ready, or end where they are to be cancelled, as after `release`. */
  leave(epoch: number): Promise<void>;
}
