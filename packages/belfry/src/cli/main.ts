#!/usr/bin/env node
// Everything is loaded only after the Node.js that runs this is known to be new enough for it.
import { writeSync } from "node:fs";
import process from "node:process";
import type { CliContext } from "./context.ts";

/** A reader that went away, as `head` does, ends a command well. Output that is lost otherwise does not. */
function onLostOutput(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(0);
  writeSync(2, `belfry: the output could not be written: ${error.message}\n`);
  process.exit(1);
}

async function isNodeNewEnough(): Promise<boolean> {
  try {
    await import("../base/node-version.ts");
    return true;
  } catch (error) {
    process.stderr.write(`belfry: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 3;
    return false;
  }
}

/** Undefined where it was removed since. */
function currentFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

async function main(): Promise<void> {
  process.stdout.on("error", onLostOutput);
  // There is nobody left to tell.
  process.stderr.on("error", () => {});
  if (!(await isNodeNewEnough())) return;
  const { runProgram } = await import("./program.ts");
  const { systemClock } = await import("../clock/system.ts");
  const { interruptedExit, refuseUsage } = await import("./exit.ts");
  const { leave } = await import("./project/leave.ts");
  const folder = currentFolder();
  const context: CliContext = {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    get cwd() {
      return folder ?? refuseUsage("the current folder does not exist any more; go to another one");
    },
    clock: systemClock,
    isTty: process.stdout.isTTY === true,
    exit(code) {
      process.exitCode = code;
    },
    onSignal(signal, listener) {
      process.on(signal, listener);
      return () => process.off(signal, listener);
    },
  };
  await runProgram(process.argv.slice(2), context);
  // What was interrupted may still wait for an answer that nobody wants.
  if (process.exitCode === interruptedExit) await leave(context);
}

await main();
