import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { ask, Cli, isThere, trigger } from "./support/cli.ts";
import { type Files, makeProject, write } from "./support/project.ts";

const imports = 'import { defineTask } from "belfry";\n';

/** A task that says that it runs, and goes on until there is a file `release`; beside it, something that never ends. */
const slow = `${imports}import { existsSync, writeFileSync } from "node:fs";
setInterval(() => {}, 60_000);
export const slow = defineTask({ name: "slow", handler: async () => {
  writeFileSync("begun", "");
  while (!existsSync("release")) await new Promise((resolve) => setTimeout(resolve, 10));
  writeFileSync("done", "");
} });
`;
const fails = `${imports}export const fails = defineTask({ name: "fails", handler() { throw new Error("no"); } });\n`;

const begun = (folder: string) => vi.waitUntil(() => existsSync(join(folder, "begun")), { timeout: 20_000 });

/** The lines of its log. */
const logOf = (cli: Cli) => ownLines(cli).map((line) => JSON.parse(line) as Record<string, unknown>);

/** Without the engine's word that definitions were applied. */
const ownLines = (cli: Cli) => cli.out.filter((line) => !line.includes("has its first definitions"));

test("it logs lines of JSON, and a SIGTERM drains what runs before it ends with 0", { timeout: 60_000 }, async () => {
  const folder = makeProject({ "tasks/slow.ts": slow, "tasks/fails.ts": fails });
  const start = new Cli(folder, ["start", "--port", "0"]);
  const url = await start.url();
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const failed = await trigger(url, "fails");
  await start.line(/"run failed"/);
  await trigger(url, "slow");
  await begun(folder);
  start.signal("SIGTERM");
  await start.line(/"stopping"/);
  await vi.waitFor(() => expect(fetch(`${url}/readyz`)).rejects.toThrow(), { timeout: 10_000 });
  expect(existsSync(join(folder, "done"))).toBe(false);
  write(folder, { release: "" });
  expect(await start.ended()).toEqual({ code: 0, signal: null, stderr: "" });
  expect(existsSync(join(folder, "done"))).toBe(true);
  const log = logOf(start);
  expect(log.map(({ msg }) => msg)).toEqual(["started", "run failed", "stopping", "stopped"]);
  expect(log[0]).toMatchObject({ level: 30, url, tasks: 2, store: `sqlite:${join(folder, "belfry.db")}`, work: true });
  expect(log[1]).toMatchObject({
    level: 50,
    task: "fails",
    trackingId: failed,
    error: { code: "E_HANDLER", message: "no" },
  });
  expect(log[2]).toMatchObject({ signal: "SIGTERM" });
  for (const { time } of log) expect(new Date(String(time)).toISOString()).toBe(time);
});

test("a second signal ends it at once, with 1", { timeout: 60_000 }, async () => {
  const folder = makeProject({ "tasks/slow.ts": slow });
  const start = new Cli(folder, ["start", "--port", "0"]);
  await trigger(await start.url(), "slow");
  await begun(folder);
  start.signal("SIGTERM");
  await start.line(/"stopping"/);
  expect(isThere(start.pid)).toBe(true);
  start.signal("SIGINT");
  expect((await start.ended()).code).toBe(1);
});

test("the log level is the environment's, and the config's; a project in another folder runs in it", {
  timeout: 60_000,
}, async () => {
  const folder = makeProject({
    "app/belfry.config.ts": 'export default { port: 0, logLevel: "warn" };',
    "app/tasks/slow.ts": slow,
  });
  write(folder, { "app/release": "" });
  const quiet = new Cli(folder, ["start", "app"], { BELFRY_LOG_LEVEL: "debug" });
  const url = /http:\/\/[\d.:]+/.exec(await quiet.line(/"started"/))?.[0] ?? "";
  await trigger(url, "slow");
  await quiet.line(/"run completed"/);
  expect(existsSync(join(folder, "app/done"))).toBe(true);
  quiet.signal("SIGINT");
  expect((await quiet.ended()).code).toBe(0);
  expect(existsSync(join(folder, "app/belfry.db"))).toBe(true);
});

test("BELFRY_BOOTSTRAP_KEY closes the door before anybody can come in", { timeout: 60_000 }, async () => {
  const folder = makeProject({ "tasks/fails.ts": fails });
  const key = "0123456789abcdef0123456789abcdef";
  const start = new Cli(folder, ["start", "--host", "0.0.0.0", "--port", "0"], { BELFRY_BOOTSTRAP_KEY: key });
  const url = await start.url();
  expect((await ask(`${url}/v1/tasks`)).status).toBe(401);
  expect((await ask(`${url}/v1/tasks`, { key: `${key}0` })).status).toBe(401);
  expect((await ask(`${url}/v1/tasks`, { key })).status).toBe(200);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  start.signal("SIGTERM");
  expect((await start.ended()).code).toBe(0);
  // Without the variable the key still stands.
  const again = new Cli(folder, ["start", "--port", "0"]);
  expect((await ask(`${await again.url()}/v1/tasks`)).status).toBe(401);
});

test("the work and the server may be in two processes", { timeout: 60_000 }, async () => {
  const folder = makeProject({ "tasks/slow.ts": slow });
  const server = new Cli(folder, ["start", "--port", "0", "--no-work"]);
  const worker = new Cli(folder, ["start", "--no-server"]);
  const url = await server.url();
  await worker.line(/"started"/);
  expect(logOf(worker)[0]).not.toHaveProperty("url");
  const trackingId = await trigger(url, "slow");
  await begun(folder);
  write(folder, { release: "" });
  await vi.waitUntil(async () => (await ask(`${url}/v1/runs/${trackingId}`)).json.status === "completed", {
    timeout: 20_000,
  });
});

const enumFile = { "tasks/bad.ts": "enum A { B }" };

/** What is there, how it is started, the exit code, the lines of stderr. */
const refused: [name: string, files: Files, args: string[], code: number, lines: RegExp[]][] = [
  [
    "a task file that cannot be loaded",
    { ...enumFile, "tasks/ok.ts": fails },
    [],
    2,
    [/^belfry: task file tasks\/bad\.ts:1: TypeScript enum/],
  ],
  [
    "two files that are wrong",
    { ...enumFile, "tasks/c.ts": "export default 5;" },
    [],
    2,
    [/^belfry: task file tasks\/c\.ts: its default export is 5/, /^belfry: task file tasks\/bad\.ts:1/],
  ],
  [
    "two tasks of one name",
    { "tasks/a.ts": fails, "tasks/b.ts": fails },
    [],
    2,
    [/tasks\/b\.ts: task "fails" is defined in tasks\/a\.ts too/],
  ],
  [
    "a wrong config",
    { "belfry.config.ts": "export default { a: 1 };" },
    [],
    2,
    [/^belfry: belfry\.config\.ts is wrong: a is no option/],
  ],
  [
    "a store that cannot be opened",
    { "tasks/fails.ts": fails, "a-file": "" },
    ["--store", "sqlite:a-file/x.db"],
    3,
    [/^belfry: store .* could not be opened/],
  ],
  [
    "a store of no known kind",
    { "tasks/fails.ts": fails },
    ["--store", "mysql://u:secret@h/d"],
    2,
    [/^belfry: store "mysql:\/\/…@h\/d" is of no known kind/],
  ],
  ["a port that is none", {}, ["--port", "70000"], 2, [/^belfry: --port is "70000"; expected a whole number/]],
  [
    "an open address without a key",
    { "tasks/fails.ts": fails },
    ["--host", "0.0.0.0"],
    2,
    [/^belfry: other machines can reach 0\.0\.0\.0/],
  ],
  [
    "a weak first key",
    { "tasks/fails.ts": fails, "belfry.config.ts": "process.env.BELFRY_BOOTSTRAP_KEY = 'weak'; export default {};" },
    [],
    2,
    [/BELFRY_BOOTSTRAP_KEY/],
  ],
  [
    "a file that ends the process",
    { "tasks/bad.ts": "process.exit(0);" },
    [],
    2,
    [/^belfry: task file tasks\/bad\.ts: ended the process with code 0 while it was loaded$/],
  ],
  ["a tasks folder that is not there", {}, ["--tasks-dir", "jobs"], 2, [/^belfry: tasksDir is ".*jobs"; expected/]],
  [
    "no task at all",
    {},
    [],
    2,
    [/^belfry: .+tasks defines no task; name the project's folder, or serve only with --no-work$/],
  ],
  ["nothing to do", {}, ["--no-work", "--no-server"], 2, [/^belfry: --no-work and --no-server leave nothing to do$/]],
  ["a folder that is not there", {}, ["nowhere"], 2, [/^belfry: there is no folder "nowhere"/]],
  ["a flag that is none", {}, ["--prot", "1"], 2, [/^belfry: unknown option '--prot'.*--port/]],
];

test.for(refused)(
  "%s: refused in a line, with its exit code",
  { timeout: 60_000 },
  async ([, files, args, code, lines]) => {
    const port = args.includes("--port") ? [] : ["--port", "0"];
    const start = new Cli(makeProject(files), ["start", ...port, ...args]);
    const ended = await start.ended();
    expect(ended.stderr.trimEnd().split("\n")).toEqual(lines.map((line) => expect.stringMatching(line)));
    expect([ended.code, ownLines(start)]).toEqual([code, []]);
  },
);

test("a port that is taken: 3", { timeout: 60_000 }, async () => {
  const folder = makeProject({ "tasks/fails.ts": fails });
  const first = new Cli(folder, ["start", "--port", "0"]);
  const second = new Cli(folder, ["start", "--port", new URL(await first.url()).port]);
  const ended = await second.ended();
  expect(ended.code).toBe(3);
  expect(ended.stderr).toMatch(/^belfry: the server cannot listen on .*another process listens there[^\n]*\n$/);
});

test("with --json every problem is a line of JSON", { timeout: 60_000 }, async () => {
  const errorsOf = async (files: Files) => {
    const { code, stderr } = await new Cli(makeProject(files), ["start", "--port", "0", "--json"]).ended();
    const errors = stderr.trimEnd().split("\n");
    return { code, errors: errors.map((line) => JSON.parse(line) as unknown) };
  };
  const wrong = (message: string) => ({ code: "E_TASK_FILE", message: expect.stringContaining(message) });
  expect(await errorsOf({ ...enumFile, "tasks/c.ts": "export default 5;" })).toEqual({
    code: 2,
    errors: [wrong("tasks/c.ts: its default export is 5"), wrong("tasks/bad.ts:1")],
  });
  expect(await errorsOf({ "tasks/bad.ts": "process.exit(0);" })).toEqual({
    code: 2,
    errors: [wrong("tasks/bad.ts: ended the process with code 0")],
  });
});

test("a folder that is a loop of links is wrong usage", { timeout: 60_000 }, async () => {
  const folder = makeProject({});
  symlinkSync("loop", join(folder, "loop"));
  const { code, stderr } = await new Cli(folder, ["start", "loop"]).ended();
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^belfry: there is no folder "loop"/)]);
});
