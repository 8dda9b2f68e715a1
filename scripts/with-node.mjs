#!/usr/bin/env node
// Runs a script with a Node that is new enough: the one that is running, else the one the root's optional dependencies
// brought. `node scripts/with-node.mjs SCRIPT [ARGS…]`; arguments, signals and exit code are passed on.
// This file must run on old versions of Node: no recent syntax, no dependency.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { isatty } from "node:tty";
import { fileURLToPath } from "node:url";

const [needMajor, needMinor] = [22, 23];
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const carried = join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");

function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > needMajor || (major === needMajor && minor >= needMinor);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(3);
}

function chooseNode() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  if (existsSync(carried)) return carried;
  return fail(
    `Belfry needs Node >= ${needMajor}.${needMinor}; this is ${process.versions.node} on ${process.platform}-${process.arch}, ` +
      "and none came with the dependencies: install a newer Node, or run `npm ci` without --omit=optional.",
  );
}

const args = process.argv.slice(2);
if (args.length === 0) fail("usage: node scripts/with-node.mjs SCRIPT [ARGS…]");

const node = chooseNode();
const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}`, NODE: node };
const child = spawn(node, args, { stdio: "inherit", env });

let isTold = false;
function tell(signal) {
  isTold = true;
  child.kill(signal);
}

// A Ctrl-C in a terminal reaches the script by itself; passing it on would be a second one.
const passedOn = ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR2", "SIGQUIT"];
for (const signal of passedOn) process.on(signal, () => (signal === "SIGINT" && isatty(0) ? undefined : tell(signal)));

// npm tells a signal only to the shell between, and some shells die of it alone: then the script is told to end.
const parent = process.ppid;
const watch = setInterval(() => {
  if (process.env.npm_lifecycle_event === undefined || process.ppid === parent) return;
  clearInterval(watch);
  if (!isTold) tell("SIGTERM");
}, 250);
watch.unref();

child.on("error", (error) => fail(`cannot start ${node}: ${error.message}`));
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  for (const name of passedOn) process.removeAllListeners(name);
  process.kill(process.pid, signal);
  // Where the signal does not end this process, the shell's convention says it.
  setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 100);
});
