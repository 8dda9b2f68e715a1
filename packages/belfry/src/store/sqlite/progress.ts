import type { WriteAnswer } from "../runs.ts";
import { allows } from "./states.ts";
import type { Turn } from "./turn.ts";

/** Progress may be told while the run could complete. */
const setProgress = `INSERT INTO details (run, progress, note) SELECT seq, ?, ? FROM runs WHERE id = ? AND token = ? AND ${allows("complete")}
  ON CONFLICT (run) DO UPDATE SET progress = excluded.progress, note = excluded.note`;

/** `RunStore.progress`. */
export function progress(
  { db }: Turn,
  items: readonly { id: string; token: number; value: number; note?: string }[],
): WriteAnswer[] {
  return items.map(({ id, token, value, note }) =>
    db.run(setProgress, value, note, id, token) > 0 ? "done" : "stale",
  );
}
