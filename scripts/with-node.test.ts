import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "belfry-with-node-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const withNode = join(import.meta.dirname, "with-node.mjs");

function script(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

test("arguments, environment and exit code are passed on, and the Node in use comes first in PATH", () => {
  const file = script(
    "echo.mjs",
    "import { execFileSync } from 'node:child_process';" +
      "const first = execFileSync('node', ['-p', 'process.execPath'], { encoding: 'utf8' }).trim();" +
      "console.log(JSON.stringify([process.argv.slice(2), process.env.GREETING, first === process.execPath]));" +
      "process.exit(7);",
  );
  const env = { ...process.env, GREETING: "hello" };
  const run = spawnSync(process.execPath, [withNode, file, "--seed=1", "a b"], { encoding: "utf8", env });
  expect(run.status).toBe(7);
  expect(JSON.parse(run.stdout)).toEqual([["--seed=1", "a b"], "hello", true]);
});

test("a signal reaches the script, and its exit code comes back", async () => {
  const file = script(
    "signal.mjs",
    "process.on('SIGTERM', () => process.exit(9)); setInterval(() => {}, 1000); console.log('ready');",
  );
  const child = spawn(process.execPath, [withNode, file], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([9, null]);
});

test("a script that a signal ends ends this process the same way", async () => {
  const file = script("ends.mjs", "setInterval(() => {}, 1000); console.log('ready');");
  const child = spawn(process.execPath, [withNode, file], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([null, "SIGTERM"]);
});

test("a signal to the shell between npm and the script ends the script", async () => {
  const file = script(
    "orphan.mjs",
    "process.on('SIGTERM', () => { console.log('told'); process.exit(0); }); setInterval(() => {}, 1000); console.log('ready');",
  );
  const command = `"${process.execPath}" "${withNode}" "${file}"; true`;
  const env = { ...process.env, npm_lifecycle_event: "quickstart" };
  const shell = spawn("sh", ["-c", command], { stdio: ["ignore", "pipe", "inherit"], env });
  await once(shell.stdout, "data");
  shell.kill("SIGTERM");
  const [said] = await once(shell.stdout, "data");
  expect(String(said)).toBe("told\n");
});

/** A copy of with-node.mjs in a workspace of its own, that takes itself to run on Node 20. */
function workspaceOnOldNode(name: string): [preload: string, copy: string] {
  const copy = join(folder, name, "scripts", "with-node.mjs");
  cpSync(withNode, copy);
  const old = script(`${name}-old.mjs`, "Object.defineProperty(process.versions, 'node', { value: '20.20.0' });");
  return [old, copy];
}

test("an old Node without another one ends with one line and exit 3", () => {
  const [old, copy] = workspaceOnOldNode("bare");
  const run = spawnSync(process.execPath, ["--import", old, copy, "anything.mjs"], { encoding: "utf8" });
  expect(run.status).toBe(3);
  expect(run.stdout).toBe("");
  expect(run.stderr).toMatch(/^Belfry needs Node >= 22\.23; this is 20\.20\.0 .*\n$/);
});

test("an old Node takes the one that the dependencies brought", () => {
  const [old, copy] = workspaceOnOldNode("carried");
  const carried = join(folder, "carried", "node_modules", `node-${process.platform}-${process.arch}`, "bin");
  mkdirSync(carried, { recursive: true });
  writeFileSync(join(carried, "node"), '#!/bin/sh\necho "carried $*"\n', { mode: 0o755 });
  const run = spawnSync(process.execPath, ["--import", old, copy, "a.mjs", "b"], { encoding: "utf8" });
  expect([run.status, run.stdout]).toEqual([0, "carried a.mjs b\n"]);
});
