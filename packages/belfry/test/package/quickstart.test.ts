import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { openWorkshop, type Workshop } from "../docs/support/workshop.ts";
import { root } from "./support/pages.ts";
import { run } from "./support/run.ts";

// The example of the first screen, on the package built anew.

let workshop: Workshop;
let temporary: string;
/** Holds the usual port, so that each test knows what it finds; somebody else may hold it, too. */
const holder: Server = createServer();

beforeAll(async () => {
  workshop = await openWorkshop();
  temporary = join(workshop.folder, "tmp");
  mkdirSync(temporary);
  cpSync(join(root, "examples/quickstart"), join(workshop.folder, "quickstart"), { recursive: true });
  await new Promise<void>((held) => holder.once("error", () => held()).listen(7411, "127.0.0.1", held));
}, 60_000);

afterAll(() => {
  holder.close();
  workshop.remove();
});

/** The example, and what it has printed so far. */
function start(...args: string[]): { child: ChildProcess; printed: () => string; ended: Promise<number | null> } {
  const child = spawn(process.execPath, ["quickstart/main.ts", ...args], {
    cwd: workshop.folder,
    env: { ...workshop.env, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  child.stdout.on("data", (data: Buffer) => {
    text += data.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, printed: () => text, ended };
}

test("it says where it listens, and the three commands that it names do what they say", {
  timeout: 60_000,
}, async () => {
  const { child, printed, ended } = start();
  await vi.waitUntil(() => printed().includes("Scheduled runs"), { timeout: 30_000 });
  expect(printed()).toContain("Port 7411 is taken");
  expect(printed()).toMatch(/The HTTP API is at http:\/\/127\.0\.0\.1:\d+,/);
  const [trigger = "", status = "", runs = ""] = printed()
    .split("\n")
    .filter((line) => line.startsWith("  "))
    .map((line) => line.trim())
    .filter((line) => /^(?:curl|npm) /.test(line));
  const answer = async (command: string) => {
    const [name = "", ...args] = command.split(" ");
    const { code, stdout, stderr } = await run(name, args, { cwd: workshop.folder, env: workshop.env });
    expect(code, stderr).toBe(0);
    return stdout;
  };
  const made = JSON.parse(await answer(trigger)) as object;
  expect(Object.keys(made)).toEqual(["trackingId", "cronJobId", "cronJobName", "triggeredAt", "status"]);
  expect(JSON.parse(await answer(status))).toMatchObject({ cronJobName: "billOnDemand", status: "completed" });
  // The workshop has the command by its name; a clone has it as one of npm's.
  const listed = await answer(runs.replace("npm run --silent belfry -- ", "belfry "));
  expect(listed).toContain((made as { trackingId: string }).trackingId);
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect(readdirSync(temporary)).toEqual([]);
});

test("with --once it ends by itself, and leaves nothing", { timeout: 60_000 }, async () => {
  const { printed, ended } = start("--once");
  expect(await ended).toBe(0);
  expect(printed()).toMatch(/flakyImport .* completed in/);
  expect(readdirSync(temporary)).toEqual([]);
});
