import { join } from "node:path";
import { createBelfry, defineTask } from "belfry";
import { onCommand, optionsOf, say } from "./support/inside.ts";

// A process with many schedules: it puts them, or works beside them. The package as it is built: what it takes of
// memory is looked at.

interface MillionOptions {
  readonly folder: string;
  /** How many schedules to put, all of them due once a year. */
  readonly put: number;
  /** How many schedules are due every second. */
  readonly ticking: number;
}

const { folder, put, ticking } = optionsOf<MillionOptions>();
const perCall = 10_000;

const report = defineTask({ name: "report", handler: () => {} });
const tick = defineTask({
  name: "tick",
  overlap: "allow",
  schedule: Array.from({ length: ticking }, (_, at) => ({ key: `t${at}`, every: "1s" })),
  handler: () => {},
});

const belfry = createBelfry({ store: `sqlite:${join(folder, "belfry.db")}`, tasks: [report, tick], stopGrace: "5s" });
process.once("SIGTERM", async () => {
  await belfry.stop();
  process.exit(0);
});
onCommand(() => say("memory", { rss: process.memoryUsage().rss }));
await belfry.start();
const startedAt = performance.now();
for (let from = 0; from < put; from += perCall) {
  const { items } = await belfry.schedules.putMany(
    Array.from({ length: Math.min(perCall, put - from) }, (_, index) => {
      const number = from + index;
      const [minute, hour, day] = [number % 60, Math.floor(number / 60) % 24, 1 + (number % 28)];
      return {
        task: "report",
        key: `customer-${number}`,
        schedule: { cron: `${minute} ${hour} ${day} ${1 + (number % 12)} *`, timezone: "Europe/Berlin" },
      };
    }),
  );
  const refused = items.find((item) => "error" in item);
  if (refused) throw new Error(JSON.stringify(refused));
}
say("ready", { putMs: performance.now() - startedAt, rss: process.memoryUsage().rss });
