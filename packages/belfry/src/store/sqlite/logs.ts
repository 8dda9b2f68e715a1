import { limits } from "../../base/limits.ts";
import type { LogLine } from "../logs.ts";
import type { WriteAnswer } from "../runs.ts";
import type { Connection } from "./connection.ts";
import { allows } from "./states.ts";
import type { Turn } from "./turn.ts";

/** The lines of one attempt. */
interface Lines {
  readonly id: string;
  readonly token: number;
  readonly lines: readonly LogLine[];
}

/** `LogStore.append`. */
export function append(turn: Turn, items: readonly Lines[]): WriteAnswer[] {
  return items.map((item) => appendTo(turn, item));
}

function appendTo({ db }: Turn, { id, token, lines }: Lines): WriteAnswer {
  const run = db.value<number>(`SELECT seq FROM runs WHERE id = ? AND token = ? AND ${allows("complete")}`, id, token);
  if (run === undefined) return "stale";
  const kept = db.value<number>("SELECT max(n) FROM lines WHERE run = ?", run) ?? 0;
  const room = Math.max(0, limits.logLinesPerRunMax - kept);
  const sql = "INSERT INTO lines (run, n, at, attempt, level, message, data) VALUES (?, ?, ?, ?, ?, ?, ?)";
  lines.slice(0, room).forEach(({ at, attempt, level, message, data }, index) => {
    db.run(sql, run, kept + index + 1, at, attempt, level, message, data);
  });
  const dropped = lines.length - room;
  if (dropped > 0) {
    const count = `INSERT INTO details (run, lines_dropped) VALUES (?, ?)
      ON CONFLICT (run) DO UPDATE SET lines_dropped = coalesce(lines_dropped, 0) + excluded.lines_dropped`;
    db.run(count, run, dropped);
  }
  return "done";
}

/** `LogStore.list`. */
export function listLines(db: Connection, { id, after, limit }: { id: string; after: number; limit: number }) {
  const run = db.value<number>("SELECT seq FROM runs WHERE id = ?", id);
  const dropped = db.value<number>("SELECT lines_dropped FROM details WHERE run = ?", run) ?? 0;
  const sql = "SELECT n, at, attempt, level, message, data FROM lines WHERE run = ? AND n > ? ORDER BY n LIMIT ?";
  const rows = db.all<Omit<LogLine, "data"> & { n: number; data: string | null }>(sql, run, after, limit);
  return { lines: rows.map(({ data, ...line }) => ({ ...line, data: data ?? undefined })), dropped };
}
