import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import { Dev } from "../../src/cli/dev.ts";
import { systemClock } from "../../src/clock/system.ts";
import { ask, Cli, gone, isThere, trigger } from "./support/cli.ts";
import { makeProject, write } from "./support/project.ts";

const imports = 'import { defineTask } from "belfry";\n';

/** A task that notes its process, and goes on until there is a file `release`. */
const slow = (version: string) => `${imports}import { existsSync, writeFileSync } from "node:fs";
export const slow = defineTask({ name: "slow", handler: async () => {
  writeFileSync("pid-${version}", String(process.pid));
  while (!existsSync("release")) await new Promise((resolve) => setTimeout(resolve, 10));
  return "${version}";
} });
`;

const quick = (text: string) =>
  `${imports}export const quick = defineTask({ name: "quick", handler: () => ${JSON.stringify(text)} });\n`;

/** The id that a handler noted. */
async function pidIn(file: string): Promise<number> {
  await vi.waitUntil(() => existsSync(file) && readFileSync(file, "utf8") !== "", { timeout: 20_000 });
  return Number(readFileSync(file, "utf8"));
}

async function result(url: string, trackingId: string): Promise<unknown> {
  return (await ask(`${url}/v1/runs/${trackingId}`)).json.result;
}

test("a first run is watched: its line, the URL, what to try next; Ctrl-C ends every process", {
  timeout: 60_000,
}, async () => {
  const folder = makeProject({
    "tasks/tick.ts": `${imports}import { writeFileSync } from "node:fs";\nexport default defineTask({ name: "tick", schedule: { every: "1s" }, handler() { writeFileSync("pid", String(process.pid)); } });`,
  });
  const dev = new Cli(folder, ["dev", "--port", "0"]);
  const url = await dev.url();
  expect(await dev.line(/^\d\d:\d\d:\d\d {2}tick +…[0-9a-f]{8} {2}schedule {2}completed +\d+ ms$/)).toBeTruthy();
  expect(dev.out.join("\n")).toMatch(
    /1 task: tick\n[\s\S]*npx belfry run tick --wait --logs\n {2}npx belfry runs\n {2}npx belfry tasks\n/,
  );
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const pid = await pidIn(join(folder, "pid"));
  expect([isThere(pid), pid === dev.pid]).toEqual([true, false]);
  dev.signal("SIGINT");
  expect(await dev.ended()).toEqual({ code: 0, signal: null, stderr: "" });
  expect(isThere(pid)).toBe(false);
});

test("an edit: the run in progress ends on the old code, the next one runs on the new", {
  timeout: 60_000,
}, async () => {
  const folder = makeProject({ "tasks/slow.ts": slow("old") });
  const dev = new Cli(folder, ["dev", "--port", "0"]);
  const url = await dev.url();
  const first = await trigger(url, "slow");
  const oldPid = await pidIn(join(folder, "pid-old"));
  write(folder, { "tasks/slow.ts": slow("new") });
  await dev.line(/reloaded in .*: tasks\/slow\.ts changed; 1 task: slow; 1 run on the old code to the end$/);
  const second = await trigger(url, "slow");
  const newPid = await pidIn(join(folder, "pid-new"));
  expect([isThere(oldPid), oldPid === newPid]).toEqual([true, false]);
  expect((await ask(`${url}/v1/runs/${first}`)).json.status).toBe("processing");
  write(folder, { release: "" });
  await dev.line(new RegExp(`slow +…${first.slice(-8)} {2}manual {4}completed`));
  await dev.line(new RegExp(`slow +…${second.slice(-8)} {2}manual {4}completed`));
  expect([await result(url, first), await result(url, second)]).toEqual(["old", "new"]);
  await gone(oldPid);
  dev.signal("SIGTERM");
  expect((await dev.ended()).code).toBe(0);
  expect(isThere(newPid)).toBe(false);
});

test("a broken edit is told, the rest goes on, and the next edit mends it", { timeout: 60_000 }, async () => {
  const folder = makeProject({ "tasks/a.ts": quick("one"), "tasks/b.ts": slow("b") });
  const dev = new Cli(folder, ["dev", "--port", "0"]);
  const url = await dev.url();
  write(folder, { "tasks/b.ts": "export {};\nenum Broken { A }\n" });
  await dev.line(/left out: task file tasks\/b\.ts:2: TypeScript enum/);
  await dev.line(/reloaded in .*tasks\/b\.ts changed; 1 task: quick$/);
  await dev.line(new RegExp(`quick +…${(await trigger(url, "quick")).slice(-8)} {2}manual {4}completed`));
  const told = dev.out.length;
  write(folder, { "tasks/b.ts": 'import { text } from "../lib/text.ts";\nexport default () => text;' });
  await dev.line(/left out: task file tasks\/b\.ts:1: imports "\.\.\/lib\/text\.ts", and there is no such file/, told);
  // What it wants comes later, in a folder that was not there.
  write(folder, { "lib/text.ts": "export const text = 1;", "lib/unrelated.ts": "" });
  await dev.line(/reloaded in .*: lib\/text\.ts added; 2 tasks: quick, b$/, told);
  write(folder, { "lib/unrelated.ts": "export {};" });
  write(folder, { "lib/text.ts": "export const text = 'longer';" });
  await dev.line(/reloaded in .*: lib\/text\.ts changed; 2 tasks/, told);
  rmSync(join(folder, "tasks/a.ts"));
  await dev.line(/reloaded in .*: tasks\/a\.ts removed; 1 task: b$/, told);
  expect(dev.out.filter((line) => line.includes("unrelated"))).toEqual([]);
});

test("a config that is wrong is told and waited for; once it served, the tasks run on", {
  timeout: 60_000,
}, async () => {
  const folder = makeProject({ "belfry.config.ts": "export default { prot: 0 };", "tasks/a.ts": quick("one") });
  const dev = new Cli(folder, ["dev"], { BELFRY_PORT: "0" });
  await dev.line(/belfry\.config\.ts is wrong: prot is no option.*did you mean "port"/);
  await dev.line(/nothing runs until a file changes/);
  write(folder, { "belfry.config.ts": "export default { port: 0 };" });
  const url = await dev.url();
  write(folder, { "belfry.config.ts": "export default { port: 0, lease: 5 };" });
  await dev.line(/lease is 5/);
  await dev.line(/the tasks run on as they were until a file changes/);
  const trackingId = await trigger(url, "quick");
  await dev.line(new RegExp(`quick +…${trackingId.slice(-8)}`));
});

test("a process that ends by itself starts again with the next change, and not before", {
  timeout: 60_000,
}, async () => {
  const folder = makeProject({
    "tasks/a.ts": `${imports}export const crash = defineTask({ name: "crash", onLost: "fail", handler: () => process.exit(7) });`,
  });
  const dev = new Cli(folder, ["dev", "--port", "0"]);
  const url = await dev.url();
  await trigger(url, "crash").catch(() => "it died before it answered");
  await dev.line(/the process of the tasks ended with code 7; it starts again when a file changes/);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  write(folder, { "tasks/a.ts": quick("again") });
  await dev.line(/reloaded in .*1 task: quick/);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect(dev.out.filter((line) => line.includes("ended with code"))).toHaveLength(1);
});

test("a second Ctrl-C does not wait; a process whose parent was killed ends by itself", {
  timeout: 60_000,
}, async () => {
  const folder = makeProject({ "tasks/slow.ts": slow("1") });
  const dev = new Cli(folder, ["dev", "--port", "0"]);
  await trigger(await dev.url(), "slow");
  const pid = await pidIn(join(folder, "pid-1"));
  dev.signal("SIGINT");
  await dev.line(/stopping/);
  expect(isThere(pid)).toBe(true);
  dev.signal("SIGINT");
  expect((await dev.ended()).code).toBe(1);
  await gone(pid);

  rmSync(join(folder, "pid-1"));
  write(folder, { release: "" });
  const other = new Cli(folder, ["dev", "--port", "0"]);
  await trigger(await other.url(), "slow");
  const child = await pidIn(join(folder, "pid-1"));
  other.signal("SIGKILL");
  await other.ended();
  await gone(child);
});

test("a failure has its reason on its line; a pattern in UTC has its word elsewhere; a bare function runs", {
  timeout: 60_000,
}, async () => {
  const folder = makeProject({
    "tasks/bill.js":
      'import { agnost } from "belfry";\nexport default async () => { await agnost.task("fails").run(); };',
    "tasks/fails.ts": `${imports}export default defineTask({ name: "fails", schedule: "0 9 * * *", handler() { throw new RangeError("too\\nmuch"); } });`,
    "tasks/often.ts": `${imports}export default defineTask({ name: "often", schedule: "*/5 * * * *", handler() {} });`,
  });
  const dev = new Cli(folder, ["dev", "--port", "0"], { TZ: "Europe/Berlin" });
  const url = await dev.url();
  await trigger(url, "bill");
  await dev.line(/ {2}bill +…[0-9a-f]{8} {2}manual {4}completed/);
  await dev.line(/ {2}fails +…[0-9a-f]{8} {2}manual {4}failed +\d+ ms {2}RangeError: too\\u000amuch$/);
  expect(dev.out.filter((line) => line.includes("Europe/Berlin"))).toEqual([
    expect.stringMatching(/ {2}fails: in UTC/),
  ]);
});

test("where nothing can be started it ends with one line and its code", { timeout: 60_000 }, async () => {
  const folder = makeProject({ "tasks/a.ts": quick("one"), "a-file": "" });
  const first = new Cli(folder, ["dev", "--port", "0"]);
  const { port } = new URL(await first.url());
  const cases: [args: string[], code: number, line: RegExp][] = [
    [
      ["dev", "--port", port],
      3,
      /^belfry: the server cannot listen on "127\.0\.0\.1:\d+": another process listens there/,
    ],
    [["dev", "--port", "x"], 2, /^belfry: --port is "x"/],
    [["dev", "--store", "sqlite:a-file/x.db", "--port", "0"], 3, /^belfry: store .* could not be opened/],
    [["dev", "--host", "0.0.0.0", "--port", "0"], 2, /^belfry: other machines can reach 0\.0\.0\.0/],
    [["dev", "nowhere"], 2, /^belfry: there is no folder "nowhere"/],
    [["dev", "a-file"], 2, /^belfry: "a-file" is a file/],
  ];
  for (const [args, code, line] of cases) {
    const ended = await new Cli(folder, args).ended();
    expect([args, ended.code, ended.stderr.trimEnd().split("\n")]).toEqual([args, code, [expect.stringMatching(line)]]);
  }
});

test("what changes while a file loads for ever is loaded instead", {
  timeout: 60_000,
}, async () => {
  const folder = makeProject({ "tasks/a.ts": quick("one") });
  const dev = new Cli(folder, ["dev", "--port", "0"]);
  await dev.url();
  write(folder, { "tasks/b.ts": "await new Promise((resolve) => setTimeout(resolve, 600_000));" });
  writeFileSync(join(folder, "tasks/c.ts"), quick("two").replaceAll("quick", "c"));
  write(folder, { "tasks/b.ts": quick("three").replaceAll("quick", "b") });
  await dev.line(/reloaded in .*; 3 tasks: quick, b, c$/);
});

test("--json tells in lines of JSON; a config elsewhere and what a handler imports later are watched too", {
  timeout: 60_000,
}, async () => {
  const folder = makeProject({
    "elsewhere/my.config.ts": "export default { port: 0 };",
    "app/tasks/a.ts": `${imports}export default defineTask({ name: "a", handler: () => import("../lib/late.ts") });`,
    "app/lib/late.ts": "export const late = 1;",
  });
  const dev = new Cli(folder, ["dev", "app", "--json", "--config", "elsewhere/my.config.ts"]);
  const url = await dev.url();
  const trackingId = await trigger(url, "a");
  await dev.line(new RegExp(`"event":"run","task":"a","trackingId":"${trackingId}","trigger":"manual"`));
  write(folder, { "app/lib/late.ts": "export const late = 12345;" });
  await dev.line(/"event":"reloaded","changes":\[\{"file":"lib\/late\.ts","what":"changed"\}\]/);
  write(folder, { "elsewhere/my.config.ts": "export default { port: 0, concurrency: 5 };" });
  await dev.line(/"event":"reloaded","changes":\[\{"file":"\.\.\/elsewhere\/my\.config\.ts","what":"changed"\}\]/);
  dev.signal("SIGINT");
  expect((await dev.ended()).code).toBe(0);
  for (const line of dev.out)
    expect(JSON.parse(line)).toMatchObject({ at: expect.any(String), event: expect.any(String) });
});

test("a file that ended the process while it was loaded is still watched", { timeout: 60_000 }, async () => {
  const folder = makeProject({
    "tasks/a.ts": `import "../lib/x.ts";\n${quick("one")}`,
    "lib/x.ts": "export {};",
  });
  const dev = new Cli(folder, ["dev", "--port", "0"]);
  await dev.url();
  write(folder, { "lib/x.ts": "process.exit(3);" });
  await dev.line(/the process of the tasks ended with code 3/);
  write(folder, { "lib/x.ts": "export const mended = true;" });
  await dev.line(/reloaded in .*: lib\/x\.ts changed; 1 task: quick$/);
});

test("what is thrown meanwhile leaves no process and no listener", { timeout: 60_000 }, async () => {
  const folder = makeProject({
    "tasks/a.ts": `import { writeFileSync } from "node:fs";\nwriteFileSync("pid", String(process.pid));\n${quick("one")}`,
  });
  const stdout = new PassThrough();
  stdout.write = () => {
    throw new Error("no room");
  };
  const listeners = new Set<() => void>();
  const dev = new Dev(
    {
      ...{ stdin: new PassThrough(), stdout, stderr: new PassThrough(), clock: systemClock, isTty: false },
      ...{ environment: { PATH: process.env.PATH }, cwd: folder, exit: () => {} },
      onSignal(_, listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    { port: "0" },
    folder,
  );
  await expect(dev.run()).rejects.toThrow("no room");
  expect([isThere(await pidIn(join(folder, "pid"))), listeners.size]).toEqual([false, 0]);
});
