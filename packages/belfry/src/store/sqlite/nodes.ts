import { limits } from "../../base/limits.ts";
import { lostFailure } from "../../run/failure.ts";
import type { RunEvent } from "../../run/states.ts";
import type { LostRun, NodeLife, NodeRow, NodeStore, Suspect } from "../nodes.ts";
import { endIfCancelled } from "./cancel.ts";
import { cancelledOf } from "./claim.ts";
import type { Connection } from "./connection.ts";
import { noteEnd } from "./ends.ts";
import { giveBack, heldBy, keepAttempt } from "./finish.ts";
import { allows, isIn, moves } from "./states.ts";
import type { Turn } from "./turn.ts";

type Registration = Parameters<NodeStore["register"]>[0];

/** A lease that seems to last for longer than it can was renewed before the clock was set back, and not since. */
const isExpired = "(expires_at <= ? OR expires_at > ? + lease_ms)";

/** How many lives one answer has. */
const livesMax = 1_000;

/** `NodeStore.register`. */
export function register({ db, now }: Turn, node: Registration): { epoch: number } {
  const sql =
    "INSERT INTO nodes (name, lease_ms, expires_at, started_at, socket, boot_id, task_ids) VALUES (?, ?, ?, ?, ?, ?, ?)";
  const { name, leaseMs, socket, bootId, taskIds } = node;
  const epoch = db.insert(sql, name, leaseMs, now + leaseMs, now, socket, bootId, JSON.stringify(taskIds));
  return { epoch: epoch as number };
}

/** `NodeStore.renew`. */
export function renew(turn: Turn, epoch: number): Awaited<ReturnType<NodeStore["renew"]>> {
  return turn.renew(epoch) ? { outcome: "renewed", cancelled: cancelledOf(turn.db, epoch) } : { outcome: "dead" };
}

/** `NodeStore.list`. */
export function listNodes(db: Connection, _: null, now: number): NodeRow[] {
  const counts = new Map(
    db.tuples<[number, number]>(`SELECT epoch, count(*) FROM runs WHERE ${isIn("running")} GROUP BY epoch`),
  );
  const sql = `SELECT epoch, name, lease_ms AS leaseMs, expires_at AS expiresAt, ${isExpired} AS expired, started_at AS startedAt,
    socket, boot_id AS bootId FROM nodes WHERE ended_at IS NULL ORDER BY epoch`;
  type Row = Omit<NodeRow, "expired" | "socket" | "bootId"> & {
    expired: number;
    socket: string | null;
    bootId: string | null;
  };
  return db.all<Row>(sql, now, now).map((row) => ({
    ...row,
    expired: row.expired === 1,
    running: counts.get(row.epoch) ?? 0,
    socket: row.socket ?? undefined,
    bootId: row.bootId ?? undefined,
  }));
}

/** `NodeStore.lives`. A lease's length before its end is when it was renewed: the node lived then. */
export function listLives(db: Connection, { from, to }: { from: number; to: number }): NodeLife[] {
  const sql = `SELECT name, epoch, started_at AS startedAt, ended_at AS endedAt, max(started_at, expires_at - lease_ms) AS seenAt
    FROM nodes WHERE started_at <= ? AND (ended_at IS NULL OR ended_at >= ?) ORDER BY epoch DESC LIMIT ?`;
  return db
    .all<Omit<NodeLife, "endedAt"> & { endedAt: number | null }>(sql, to, from, livesMax)
    .map(({ endedAt, ...life }) => (endedAt === null ? life : { ...life, endedAt }))
    .reverse();
}

/** `NodeStore.leave`. A node that leaves lives. */
export function leave(turn: Turn, epoch: number): void {
  turn.renew(epoch);
  end(turn, epoch);
}

/** Ends a lease; the runs it holds go on. */
function end(turn: Turn, epoch: number): void {
  for (const holding of heldBy(turn, epoch)) giveBack(turn, holding);
  turn.forgetRunning();
  turn.endLease(epoch);
}

/**
 * Ends every lease, of a copy that no node works on. Runs that were held go on as after `leave`; those that may never
 * start twice are lost, and answered.
 */
export function disband(turn: Turn): LostRun[] {
  const lost: LostRun[] = [];
  for (const [epoch] of turn.db.tuples<[number]>("SELECT epoch FROM nodes WHERE ended_at IS NULL")) {
    for (const holding of heldBy(turn, epoch)) {
      if (turn.task(holding.task)?.on_lost === "fail") lost.push(lose(turn, holding));
    }
    end(turn, epoch);
  }
  return lost.filter(({ cancelled }) => !cancelled);
}

/** `NodeStore.reap`. */
export function reap(
  turn: Turn,
  { by, suspects }: { by: number; suspects: readonly Suspect[] },
): Awaited<ReturnType<NodeStore["reap"]>> {
  if (!turn.renew(by)) return { outcome: "dead" };
  const lost = suspects.filter((suspect) => isDead(turn, suspect)).flatMap(({ epoch }) => bury(turn, epoch));
  return { outcome: "reaped", lost };
}

function isDead({ db, now }: Turn, { epoch, expiresAt }: Suspect): boolean {
  const sql = `SELECT expires_at, ${isExpired} FROM nodes WHERE epoch = ? AND ended_at IS NULL`;
  const [node] = db.tuples<[expiresAt: number, expired: number]>(sql, now, now, epoch);
  if (!node) return false;
  return expiresAt === undefined || (node[0] === expiresAt && node[1] === 1);
}

function bury(turn: Turn, epoch: number): LostRun[] {
  turn.endLease(epoch);
  turn.forgetRunning();
  return heldBy(turn, epoch).map((holding) => lose(turn, holding));
}

function lose(turn: Turn, holding: ReturnType<typeof heldBy>[number]): LostRun {
  const { db, now } = turn;
  const { seq, attempt } = holding;
  const task = turn.task(holding.task);
  const run = db.get<{ id: string; losses: number }>("SELECT id, losses FROM runs WHERE seq = ?", seq);
  const ended = (run?.losses ?? 0) + 1 >= limits.lossesMax || task?.on_lost === "fail";
  const failure = JSON.stringify(lostFailure(attempt));
  if (ended) {
    db.run(
      `${update("giveUp")}, completed_at = max(?, started_at, claimed_at), outcome = 'E_LOST' WHERE ${canBe("giveUp")}`,
      now,
      seq,
    );
    db.run(
      "INSERT INTO details (run, error) VALUES (?, ?) ON CONFLICT (run) DO UPDATE SET error = excluded.error",
      seq,
      failure,
    );
    noteEnd(turn, "giveUp", { seq });
  } else {
    db.run(`${update("lose")}, epoch = NULL, available_at = ? WHERE ${canBe("lose")}`, now, seq);
    keepAttempt(turn, holding, "lost", failure);
    turn.noteReady(holding.task);
  }
  const lost = { id: run?.id ?? "", task: task?.name ?? "" };
  return endIfCancelled(turn, seq) ? { ...lost, ended: true, cancelled: true } : { ...lost, ended };
}

function update(event: RunEvent): string {
  return `UPDATE runs SET ${moves(event)}, losses = losses + 1`;
}

function canBe(event: RunEvent): string {
  return `seq = ? AND ${allows(event)}`;
}
