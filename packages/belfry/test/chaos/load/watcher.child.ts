import { join } from "node:path";
import { openJournal, optionsOf, pause, say } from "../support/inside.ts";
import type { Sighted } from "../support/journal.ts";
import { openRaw } from "../support/raw.ts";

// Looks at all runs, again and again, and journals each change that it finds: of what has not ended many times a
// second, of everything every few seconds.

const { name, folder } = optionsOf<{ folder: string }>();
const write = openJournal(join(folder, `${name}.jsonl`));
const database = openRaw(join(folder, "belfry.db"), { readOnly: true });
const columns = "id, state, attempt, token, started_at AS startedAt, completed_at AS completedAt, outcome";
const live = database.prepare(`SELECT ${columns} FROM runs WHERE state < 4`);
const fresh = database.prepare(`SELECT ${columns} FROM runs WHERE completed_at > ?`);
const all = database.prepare(`SELECT ${columns} FROM runs`);
const seen = new Map<string, string>();
const allEveryMs = 3_000;
let isEnding = false;

function note(rows: Record<string, unknown>[]): void {
  for (const row of rows) {
    const text = JSON.stringify(row);
    if (seen.get(String(row.id)) === text) continue;
    seen.set(String(row.id), text);
    write({ kind: "sighted", ...(row as unknown as Omit<Sighted, "kind">) });
  }
}

process.once("SIGTERM", () => {
  isEnding = true;
});
say("ready");
let allAt = 0;
while (!isEnding) {
  const now = Date.now();
  // What ended first: a run that ends in between is then seen the next time.
  note(fresh.all(now - 2_000));
  note(live.all());
  if (now - allAt >= allEveryMs) {
    note(all.all());
    allAt = Date.now();
  }
  await pause(30);
}
note(all.all());
database.close();
process.exit(0);
