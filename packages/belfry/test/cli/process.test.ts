import { type StdioOptions, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createBelfry, defineTask } from "../../src/index.ts";
import { BelfryProcess, command } from "./support/process.ts";
import { freshFolder, useProject } from "./support/project.ts";

const project = useProject();
const soon = { timeout: 20_000, interval: 20 };
const start = (...argv: string[]) => new BelfryProcess(argv, project().folder);
const run = (...argv: string[]) => start(...argv).ended;

test("the seed's flow: run, then status, in processes of their own", async () => {
  const asked = await run("run", "billOnDemand", "--json");
  expect(asked).toMatchObject({ exit: 0, err: "" });
  const { trackingId } = JSON.parse(asked.out) as { trackingId: string };
  await expect.poll(async () => (await project().engine.runs.get(trackingId))?.status, soon).toBe("completed");
  const { out, ...rest } = await run("status", trackingId, "--json");
  expect(rest).toEqual({ exit: 0, err: "" });
  expect(JSON.parse(out)).toEqual(await project().engine.task("billOnDemand").getTaskStatus(trackingId));
});

test("without a terminal there are no colours, and no lines that are written over", async () => {
  const { out, exit } = await run("run", "fails", "--wait");
  expect(exit).toBe(1);
  expect(out).not.toContain("\u001b");
  expect(out).not.toContain("\r");
});

test("exit codes reach the shell", async () => {
  const codes = [
    ["tasks"],
    ["status", "6237b225b9a84d607cd79044"],
    ["tasks", "--nope"],
    ["tasks", "--store", "sqlite:none/x"],
  ];
  const ended = await Promise.all(codes.map((argv) => run(...argv)));
  expect(ended.map(({ exit }) => exit)).toEqual([0, 1, 2, 3]);
});

test("a reader that goes away ends a command well, and without a word, also one that would go on", async () => {
  const { trackingId } = await project().engine.task("waits").run();
  await expect.poll(async () => (await project().engine.runs.logs(trackingId)).items.length, soon).toBe(1);
  const commands = [start("logs", trackingId, "-f"), start("runs", "--json")];
  for (const command of commands) command.closeOutput();
  for (const command of commands) expect(await command.ended).toEqual({ exit: 0, out: "", err: "" });
  expect((await project().engine.runs.get(trackingId))?.status).toBe("processing");
});

test("output that is lost otherwise is told, in one line", () => {
  // A device that is always full: Linux has it.
  if (!existsSync("/dev/full")) return;
  const [node = "", ...words] = command;
  const full = openSync("/dev/full", "w");
  const options = { cwd: project().folder, stdio: ["ignore", full, "pipe"] as StdioOptions, encoding: "utf8" as const };
  const { status, stderr } = spawnSync(node, [...words, "next", "--cron", "@daily"], options);
  closeSync(full);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^belfry: the output could not be written: [^\n]+\n$/);
});

test("a folder that is gone is told in one line, and help needs none", () => {
  const words = (line: string) => ["-c", 'rmdir "$PWD"; exec "$@"', "sh", ...command, ...line.split(" ")];
  const run = (line: string) => {
    const options = { cwd: mkdtempSync(join(tmpdir(), "belfry-gone-")), encoding: "utf8" as const };
    const { status, stderr } = spawnSync("sh", words(line), options);
    return { status, stderr };
  };
  const message = "the current folder does not exist any more; go to another one";
  expect(run("tasks")).toEqual({ status: 2, stderr: `belfry: ${message}\n` });
  expect(run("dev --json")).toEqual({ status: 2, stderr: `${JSON.stringify({ code: "E_USAGE", message })}\n` });
  expect(run("--version")).toEqual({ status: 0, stderr: "" });
});

test("a wait says when no process works on the store", async () => {
  const { folder, letGo } = await freshFolder();
  const idle = createBelfry({
    store: `sqlite:${join(folder, "belfry.db")}`,
    tasks: [defineTask({ name: "idle", handler: () => {} })],
  });
  await idle.start();
  await idle.stop();
  const waiting = new BelfryProcess(["run", "idle", "--wait"], folder);
  await expect.poll(() => waiting.err, soon).toContain("no process works on the store");
  waiting.interrupt();
  expect((await waiting.ended).exit).toBe(130);
  await letGo();
});

test("SIGINT ends a wait with 130, and the run goes on", async () => {
  const waiting = start("run", "fails", "--delay", "1h", "--wait");
  await expect.poll(() => waiting.out, soon).toContain("pending");
  waiting.interrupt();
  const { exit, err } = await waiting.ended;
  expect(exit).toBe(130);
  expect(err).toMatch(/^belfry: the run goes on; .+\n$/);
});

test("SIGINT ends a command whose server takes the question and never answers", async () => {
  const asked: Socket[] = [];
  const server = createServer((socket) => asked.push(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const waiting = start("tasks", "--url", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await expect.poll(() => asked.length, soon).toBeGreaterThan(0);
  waiting.interrupt();
  expect(await waiting.ended).toEqual({ exit: 130, out: "", err: "" });
  for (const socket of asked) socket.destroy();
  server.close();
});
