import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { systemClock } from "../../src/clock/system.ts";
import { createInstance } from "../../src/create.ts";
import { defineTask } from "../../src/index.ts";
import { listen } from "../../src/server/listen.ts";
import { onCommand, optionsOf, pause, say } from "../chaos/support/inside.ts";

// One server on a file of its own: a task that does nothing, one that talks for a while, and a look at its memory.

interface LoadServerOptions {
  readonly folder: string;
  /** Breaks it on purpose: what every run leaves behind in memory. */
  readonly leakBytes?: number;
}

const { folder, leakBytes = 0 } = optionsOf<LoadServerOptions>();
const lineEveryMs = 100;
const leaked: string[] = [];
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const noop = defineTask({
  name: "noop",
  handler: async () => {
    if (leakBytes > 0) leaked.push(String(leaked.length).padEnd(leakBytes, "x").replaceAll("x", "y"));
  },
});
const talk = defineTask({
  name: "talk",
  handler: async (run) => {
    for (let line = 1; line <= 50; line++) {
      run.log(`line ${line}`);
      await pause(lineEveryMs);
    }
  },
});
const engine = createInstance({ store: `sqlite:${join(folder, "belfry.db")}`, tasks: [noop, talk] }, {});
await engine.start();
const listening = await listen(engine, {
  ...{ host: "127.0.0.1", port: 0, logger: console, clock: systemClock },
  // As long as behind a proxy that keeps its connections: the idle ones outlive the test.
  timeouts: { keepAliveTimeoutMs: 600_000 },
});

/** What is in use once nothing more can be collected. */
async function measure(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    collect();
    await pause(100);
  }
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  say("memory", { heapUsed, external, arrayBuffers, rss });
}

onCommand(async (command) => {
  if (command.do === "measure") await measure();
  if (command.do === "close") {
    await listening.close(1_000);
    await engine.stop();
    say("closed");
    process.exit(0);
  }
});
say("ready", { port: listening.port });
