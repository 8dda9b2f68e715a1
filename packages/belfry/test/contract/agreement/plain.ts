import type { RunRow } from "../../../src/run/record.ts";
import { rowOf } from "../runs/row.ts";

/** Instants and numbers that each store gives out by itself: that they are there is compared, not what they are. */
const own = new Set([
  ...[
    "triggeredAt",
    "availableAt",
    "startedAt",
    "completedAt",
    "claimedAt",
    "endedAt",
    "expiresAt",
    "nextAt",
    "nextDueAt",
  ],
  ...["scheduledFor", "cursor", "after", "upTo", "latenessMs", "token", "epoch", "version"],
  ...["dueAt", "since", "changedAt", "skipUntil", "at", "appliedAt", "createdAt", "seenAt", "scheduleId", "now"],
]);

/** An answer without what differs from store to store, and without what is undefined. */
export function plain(value: unknown, now: number): unknown {
  if (typeof value === "string") return value.replace(/(?<=replaced by the firing of )\S+/, "…");
  if (Array.isArray(value)) return value.map((item) => plain(item, now));
  if (typeof value !== "object" || value === null) return value;
  const fields = isRun(value) ? settled(value, now) : value;
  const entries = Object.entries(fields)
    .filter(([name, field]) => field !== undefined && !(name === "id" && typeof field === "number"))
    .map(([name, field]): [string, unknown] => [name, own.has(name) ? "…" : plain(field, now)]);
  return Object.fromEntries(entries);
}

function isRun(value: object): value is RunRow {
  return "cancelRequested" in value;
}

/** What is delayed and due becomes ready at some moment: when, is the store's own affair. */
function settled(run: RunRow, now: number): RunRow {
  const row = rowOf(run);
  return row.state === "delayed" && row.availableAt <= now ? { ...row, state: "ready" } : row;
}
