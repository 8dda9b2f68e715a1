import { join } from "node:path";
import { createBelfry, defineTask } from "../../src/index.ts";
import { optionsOf, pause, say } from "../chaos/support/inside.ts";

// Another process that works on the file: a task that says so many lines, with time between them.

interface TalkerOptions {
  readonly folder: string;
  readonly lines: number;
}

const { folder, lines } = optionsOf<TalkerOptions>();
const talk = defineTask({
  name: "talk",
  handler: async (run) => {
    for (let line = 1; line <= lines; line++) {
      run.log(`line ${line}`);
      await pause(40);
    }
  },
});
const belfry = createBelfry({ store: `sqlite:${join(folder, "belfry.db")}`, tasks: [talk] });
process.once("SIGTERM", () => void belfry.stop().then(() => process.exit(0)));
await belfry.start();
say("ready");
