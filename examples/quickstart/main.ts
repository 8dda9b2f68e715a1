import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BelfryEvents, createBelfry } from "belfry";
import { serve } from "./server.ts";
import { billOnDemand, cleanUp, flakyImport } from "./tasks.ts";

const once = process.argv.includes("--once");
const folder = mkdtempSync(join(tmpdir(), "belfry-quickstart-"));
const belfry = createBelfry({
  store: `sqlite:${join(folder, "belfry.db")}`,
  tasks: [billOnDemand, flakyImport, cleanUp],
  // The server below listens to this machine alone. One that others reach has API keys: `belfry keys create`.
  authorize: () => true,
  allowedHosts: ["127.0.0.1", "localhost"],
});
const server = await serve(belfry.listener);

const say = (text: string) => console.log(text);
const time = () => new Date().toISOString().slice(11, 23);
const name = ({ task, trackingId }: { task: string; trackingId: string }) => `${task.padEnd(12)} ${trackingId}`;

/** A line per run as it goes; and, for `--once`, what has been seen. */
function watch(): Promise<void> {
  return new Promise((seen) => {
    const done = new Set<string>();
    belfry.on("run.started", (run) => {
      if (run.scheduledFor)
        say(`${time()}  ${name(run)}  attempt ${run.attempt} of the run due at ${run.scheduledFor}`);
    });
    belfry.on("run.retrying", (run) =>
      say(`${time()}  ${name(run)}  failed: ${run.error.message}; again in ${run.delayMs} ms`),
    );
    belfry.on("run.failed", (run) => say(`${time()}  ${name(run)}  failed: ${run.error.message}`));
    belfry.on("run.completed", (run: BelfryEvents["run.completed"]) => {
      say(`${time()}  ${name(run)}  completed in ${run.durationMs} ms`);
      done.add(run.task);
      if (done.has("flakyImport") && done.has("cleanUp")) seen();
    });
  });
}

async function tour(): Promise<void> {
  await belfry.start();
  const seen = watch();
  say('\nconst result = await belfry.task("billOnDemand").run();');
  const result = await belfry.task("billOnDemand").run();
  say(JSON.stringify(result, null, 2));

  say('\nconst status = await belfry.task("billOnDemand").getTaskStatus(result.trackingId);');
  let status = await belfry.task("billOnDemand").getTaskStatus(result.trackingId);
  while (status?.status !== "completed") status = await belfry.task("billOnDemand").getTaskStatus(result.trackingId);
  say(JSON.stringify(status, null, 2));

  say(`\nThe HTTP API is at ${server.url}, described by ${server.url}/openapi.json. From another shell, try:`);
  say(`  curl -X POST ${server.url}/v1/tasks/billOnDemand/runs`);
  say(`  curl ${server.url}/v1/tasks/billOnDemand/runs/${result.trackingId}`);
  say(`  npm run --silent belfry -- runs --url ${server.url}`);

  say(`\nScheduled runs, as they come${once ? "" : " (Ctrl-C ends)"}:`);
  if (!once) return;
  await seen;
  await end();
}

async function end(): Promise<void> {
  server.close();
  await belfry.stop();
  rmSync(folder, { recursive: true, force: true });
}

process.on("SIGINT", () => void end());
process.on("SIGTERM", () => void end());
await tour();
