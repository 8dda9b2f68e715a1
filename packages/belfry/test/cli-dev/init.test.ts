import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { Cli, trigger } from "./support/cli.ts";
import { installBelfry, makeProject, write } from "./support/project.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const execute = promisify(execFile);
const written = [
  "tasks/hello.ts",
  "test/hello.test.ts",
  "belfry.config.ts",
  ".gitignore",
  "tsconfig.json",
  "package.json",
];

const read = (folder: string, file: string) => readFileSync(join(folder, file), "utf8");

/** Runs `belfry init`; answers what it said. */
async function init(cwd: string, ...args: string[]): Promise<{ code: number | null; stderr: string; out: string[] }> {
  const cli = new Cli(cwd, ["init", ...args]);
  const { code, stderr } = await cli.ended();
  return { code, stderr, out: cli.out };
}

test("what it writes passes its own test, type-checks, and runs under dev", { timeout: 120_000 }, async () => {
  const folder = join(makeProject({}), "app");
  const { code, out } = await init(dirname(folder), "app");
  expect([code, out.slice(0, 6)]).toEqual([0, written.map((file) => `wrote     ${file}`)]);
  expect(out.join("\n")).toContain("Next:\n  cd app\n  npx belfry dev\n  node --test\n");

  const env = { PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
  const tested = await execute(process.execPath, ["--test"], { cwd: folder, env });
  expect(tested.stdout).toMatch(/^(?:#|ℹ) pass 1$/m);

  installBelfry(folder);
  mkdirSync(join(folder, "node_modules/@types"));
  symlinkSync(join(root, "node_modules/@types/node"), join(folder, "node_modules/@types/node"));
  await execute(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], { cwd: folder });

  const dev = new Cli(folder, ["dev", "--port", "0"]);
  const url = await dev.url();
  await dev.line(/1 task: hello$/);
  await dev.line(/ {2}hello +…[0-9a-f]{8} {2}schedule {2}completed/);
  await trigger(url, "hello");
  await dev.line(/ {2}hello +…[0-9a-f]{8} {2}manual {4}completed/);
  dev.signal("SIGINT");
  expect((await dev.ended()).code).toBe(0);
});

test("nothing is overwritten; a second time everything is kept", { timeout: 60_000 }, async () => {
  const mine = {
    "tasks/hello.ts": "mine",
    "belfry.config.mjs": "mine",
    ".gitignore": "mine",
    "package.json": '{ "main": "a.js" }',
  };
  const folder = makeProject(mine);
  const { out, code } = await init(folder);
  const kept = ["tasks/hello.ts", "belfry.config.mjs", ".gitignore", "package.json"];
  expect([code, out.filter((line) => line.startsWith("kept"))]).toEqual([0, kept.map((file) => `kept      ${file}`)]);
  expect(out.filter((line) => line.startsWith("wrote"))).toEqual(["wrote     tsconfig.json"]);
  expect(out.join("\n")).toContain("Next:\n  npm pkg set type=module\n  npx belfry dev\n");
  for (const [file, text] of Object.entries(mine)) expect(read(folder, file)).toBe(text);
  const again = await init(folder, "--json");
  const { steps } = JSON.parse(again.out.join("")) as { steps: { what: string }[] };
  expect(new Set(steps.map(({ what }) => what))).toEqual(new Set(["kept"]));
});

test("a package.json as npm install makes it is completed, one that is no JSON is left alone", {
  timeout: 60_000,
}, async () => {
  const folder = makeProject({ "package.json": '{ "dependencies": { "belfry": "1.0.0" } }' });
  expect((await init(folder)).out).toContain("completed package.json");
  expect(JSON.parse(read(folder, "package.json"))).toEqual({
    ...{ private: true, type: "module", dependencies: { belfry: "1.0.0" } },
    scripts: { dev: "belfry dev", start: "belfry start", test: "node --test" },
  });
  write(folder, { "package.json": "{ broken" });
  expect((await init(folder)).out).toContain("kept      package.json");
  expect(read(folder, "package.json")).toBe("{ broken");
  write(folder, { "package.json": "[]" });
  expect((await init(folder)).out).toContain("kept      package.json");
  expect(read(folder, "package.json")).toBe("[]");
});

test("where it cannot write it says so in a line, with 2", { timeout: 60_000 }, async () => {
  const folder = makeProject({ "a-file": "", "app/tasks": "" });
  symlinkSync("loop", join(folder, "loop"));
  const cases: [dir: string, line: RegExp][] = [
    ["a-file", /^belfry: .*a-file is a file; name a folder for the project\n$/],
    ["a-file/app", /^belfry: tasks\/hello\.ts cannot be written in .*ENOTDIR\n$/],
    ["loop", /^belfry: tasks\/hello\.ts cannot be written in .*loop: the system says \w+\n$/],
    ["app", /^belfry: tasks\/hello\.ts cannot be written in .*app: the system says (?:EEXIST|ENOTDIR)\n$/],
  ];
  for (const [dir, line] of cases) {
    const { code, stderr, out } = await init(folder, dir);
    expect([code, out, stderr]).toEqual([2, [], expect.stringMatching(line)]);
  }
});

test("where package.json cannot be completed it says so in a line, with 2", { timeout: 60_000 }, async () => {
  const folder = makeProject({});
  await init(folder);
  write(folder, { "package.json": "{}" });
  // No file may grow: the system refuses whatever is written, also to an administrator.
  const words = ["-c", 'ulimit -f 0; exec "$@"', "sh", process.execPath, main, "init"];
  const { status, stderr } = spawnSync("sh", words, { cwd: folder, encoding: "utf8" });
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(/^belfry: package\.json cannot be written in .*EFBIG\n$/),
  ]);
});
