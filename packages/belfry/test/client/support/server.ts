import { spawn } from "node:child_process";
import { onTestFinished } from "vitest";
import { systemClock } from "../../../src/clock/system.ts";
import { createInstance } from "../../../src/create.ts";
import type { Instance } from "../../../src/engine/instance.ts";
import { type Listening, listen } from "../../../src/server/listen.ts";
import type { Task } from "../../../src/task/definition.ts";
import { freshStore } from "../../seed/support/host.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A started engine on a store of its own, served on a free port; both end after the test. */
export async function startServer(
  tasks: readonly Task[],
  options: { store?: string; port?: number } = {},
): Promise<{ engine: Instance; server: Listening; url: string }> {
  const { store = freshStore(), port = 0 } = options;
  const engine = createInstance({ store, tasks, logger: silent, stopGrace: "10ms" }, {});
  onTestFinished(() => engine.stop());
  await engine.start();
  const server = await listen(engine, { host: "127.0.0.1", port, logger: silent, clock: systemClock });
  onTestFinished(() => server.close(0));
  return { engine, server, url: server.url };
}

/** Runs a script in a process of its own, and answers what it printed. Rejects where it fails. */
export async function runScript(script: string, environment: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [script], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  let errors = "";
  child.stdout.on("data", (data: Buffer) => {
    printed += data.toString();
  });
  child.stderr.on("data", (data: Buffer) => {
    errors += data.toString();
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${errors}`);
  return printed;
}
