// Inserts runs into the store named on the command line until the file may grow no more; then tries a small one.
import { systemClock } from "../../src/clock/system.ts";
import { makeId } from "../../src/run/id.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { presence, tell } from "./child.ts";

const [file = "", taskId = ""] = process.argv.slice(2);
const store = await openSqliteStore({ file, presence });
const kept: string[] = [];

/** Undefined when the run was kept, else the error's code and fields. */
async function insert(characters: number) {
  const id = makeId(systemClock.now(), systemClock.randomHex(16));
  const payload = JSON.stringify("x".repeat(characters));
  try {
    await store.runs.insert([{ id, taskId, trigger: "manual", priority: 0, payload }]);
    kept.push(id);
    return undefined;
  } catch (error) {
    const { code, fields } = error as { code?: string; fields?: { trackingId?: string } };
    return { code, isOwn: fields?.trackingId === id };
  }
}

let refused = await insert(100_000);
while (!refused) refused = await insert(100_000);
const again = await insert(100_000);
tell({ kept, refused, again });
process.exit(0);
