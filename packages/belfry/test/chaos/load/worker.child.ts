import { join } from "node:path";
import { createBelfry } from "../../../src/index.ts";
import { openJournal, optionsOf, say } from "../support/inside.ts";
import { loadTasks } from "./tasks.ts";

// A node of the load: works until it is told to stop, or killed.

const { name, folder, lease } = optionsOf<{ folder: string; lease: string }>();
const tasks = loadTasks(openJournal(join(folder, `${name}.jsonl`)));
const belfry = createBelfry({ store: `sqlite:${join(folder, "belfry.db")}`, tasks, lease, concurrency: 40 });

process.once("SIGTERM", async () => {
  await belfry.stop();
  process.exit(0);
});
await belfry.start();
say("ready");
