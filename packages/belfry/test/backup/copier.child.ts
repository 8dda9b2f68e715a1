import { backupStore, restoreStore } from "../../src/backup.ts";
import { isBelfryError } from "../../src/index.ts";
import { optionsOf, say } from "../chaos/support/inside.ts";

// Takes a backup of a store, or restores one, as the command line does, and says how it went.

const { work, store, file } = optionsOf<{ work: "backup" | "restore"; store: string; file: string }>();
const startedAt = performance.now();
say("begins");
try {
  const report = work === "backup" ? await backupStore(store, file) : await restoreStore(file, store);
  say("done", { report, ms: performance.now() - startedAt });
} catch (error) {
  say("refused", { code: isBelfryError(error) ? error.code : String(error), message: String(error) });
}
process.exit(0);
