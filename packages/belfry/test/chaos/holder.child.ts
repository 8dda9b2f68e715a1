import { join } from "node:path";
import { onCommand, optionsOf, say } from "./support/inside.ts";
import { openRaw } from "./support/raw.ts";

// Sits in a write transaction of the file, from one command to the next.

const { folder } = optionsOf<{ folder: string }>();
const database = openRaw(join(folder, "belfry.db"), { waitMs: 10_000 });
onCommand(({ do: wanted }) => {
  database.exec(wanted === "hold" ? "BEGIN IMMEDIATE" : "ROLLBACK");
  say(wanted === "hold" ? "holds" : "released");
});
say("ready");
