import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

// Controls of biome.json: each rule of the rooms is broken in a copy of the workspace, and Biome must cry.

const root = dirname(import.meta.dirname);
const source = "packages/belfry/src";
const restricted = "lint/style/noRestrictedImports";
const lines = (count: number) => "console.log(1);\n".repeat(count);

/** Where, what stands there, the rule that forbids it. */
const forbidden: [path: string, text: string, rule: string][] = [
  ["base/a.ts", 'export { a } from "../clock/clock.ts";', restricted],
  ["base/deep/a.ts", 'export { a } from "../../run/id.ts";', restricted],
  ["clock/a.ts", 'export type { A } from "../schedule/cron.ts";', restricted],
  ["schedule/a.ts", 'export { a } from "../clock/clock.ts";', restricted],
  ["schedule/b.ts", 'export { a } from "../task/task.ts";', restricted],
  ["run/a.ts", 'export { a } from "../schedule/cron.ts";', restricted],
  ["task/a.ts", 'export { a } from "../store/store.ts";', restricted],
  ["task/b.ts", 'export { a } from "../clock/clock.ts";', restricted],
  ["store/a.ts", 'export { a } from "../engine/engine.ts";', restricted],
  ["store/b.ts", 'export { a } from "./memory/store.ts";', restricted],
  ["store/memory/a.ts", 'export { a } from "../sqlite/store.ts";', restricted],
  ["store/sqlite/a.ts", 'export { a } from "../memory/store.ts";', restricted],
  ["store/sqlite/b.ts", 'export { a } from "../../engine/engine.ts";', restricted],
  ["store/c.ts", 'export type { A } from "../api/api.ts";', restricted],
  ["api/a.ts", 'export type { A } from "../engine/engine.ts";', restricted],
  ["api/b.ts", 'export type { A } from "../store/sqlite/store.ts";', restricted],
  ["schedule/d.ts", 'export { a } from "../account/audit.ts";', restricted],
  ["account/a.ts", 'export { a } from "../engine/engine.ts";', restricted],
  ["account/b.ts", 'export { a } from "../store/sqlite/store.ts";', restricted],
  ["account/c.ts", 'export { join } from "node:path";', "lint/correctness/noNodejsModules"],
  ["account/d.ts", 'export type { A } from "../task/parse.ts";', restricted],
  ["client/d.ts", 'export { a } from "../account/audit.ts";', restricted],
  ["client/a.ts", 'export { a } from "../engine/engine.ts";', restricted],
  ["client/b.ts", 'export { a } from "../store/store.ts";', restricted],
  ["client/c.ts", 'export { join } from "node:path";', "lint/correctness/noNodejsModules"],
  ["server/a.ts", 'export { a } from "../client/client.ts";', restricted],
  ["server/b.ts", 'export { a } from "../store/sqlite/store.ts";', restricted],
  ["testing/a.ts", 'export { a } from "../engine/planner.ts";', restricted],
  ["testing/b.ts", 'export { a } from "../store/memory/store.ts";', restricted],
  ["run/d.ts", 'export { a } from "../testing/kit.ts";', restricted],
  ["cli/a.ts", 'export { a } from "../store/sqlite/store.ts";', restricted],
  ["engine/a.ts", 'export const a = () => import("../store/sqlite/store.ts");', restricted],
  ["engine/b.ts", 'export { a } from "../store/memory/store.ts";', restricted],
  ["engine/c.ts", 'export { a } from "../index.ts";', restricted],
  ["base/c.ts", 'export { join } from "node:path";', "lint/correctness/noNodejsModules"],
  ["schedule/c.ts", 'export { join } from "node:path";', "lint/correctness/noNodejsModules"],
  ["run/c.ts", 'export { join } from "node:path";', "lint/correctness/noNodejsModules"],
  ["engine/d.ts", 'export { a } from "express";', "lint/correctness/noUndeclaredDependencies"],
  ["engine/e.ts", "export const a: any = 1;", "lint/suspicious/noExplicitAny"],
  ["engine/f.ts", "export async function a() {}\nexport const b = () => { a(); };", "lint/nursery/noFloatingPromises"],
  ["engine/g.ts", lines(301), "lint/style/noExcessiveLinesPerFile"],
  ["engine/h.ts", `export function a() {\n${lines(91)}}`, "lint/complexity/noExcessiveLinesPerFunction"],
  ["engine/i.test.ts", 'import { test } from "vitest";\ntest.only("a", () => {});', "lint/suspicious/noFocusedTests"],
  ["engine/j.test.ts", 'import { test } from "vitest";\ntest.skip("a", () => {});', "lint/suspicious/noSkippedTests"],
];

const allowed: [path: string, text: string][] = [
  ["schedule/z.ts", 'export { a } from "../base/limits.ts";'],
  ["task/z.ts", 'export { a } from "../schedule/cron.ts";\nexport { b } from "../run/id.ts";'],
  ["store/sqlite/z.ts", 'export { a } from "../store.ts";\nexport { b } from "../../clock/clock.ts";'],
  ["engine/open.ts", 'export const a = () => import("../store/sqlite/store.ts");'],
  ["engine/z.ts", 'export { a } from "../store/store.ts";\nexport { b } from "../task/task.ts";'],
  ["account/z.ts", 'export type { A } from "../api/account.ts";\nexport { b } from "../schedule/compile.ts";'],
  ["engine/x.ts", 'export { a } from "../account/audit.ts";'],
  ["client/z.ts", 'export type { A } from "../api/api.ts";\nexport { b } from "../base/errors.ts";'],
  ["server/z.ts", 'export { a } from "../engine/belfry.ts";'],
  ["testing/z.ts", 'export { a } from "../engine/attempt.ts";\nexport type { B } from "../store/ledger.ts";'],
  ["cli/z.ts", 'export { a } from "../client/client.ts";\nexport { b } from "../index.ts";'],
  ["engine/y.ts", lines(300)],
  ["engine/z.test.ts", 'import { expect } from "vitest";\nexpect(1).toBe(1);'],
];

const folder = mkdtempSync(join(tmpdir(), "belfry-rooms-"));
let found: { category: string; location: { path: string } }[] = [];

beforeAll(async () => {
  for (const file of ["biome.json", "package.json", "packages/belfry/package.json"]) {
    cpSync(join(root, file), join(folder, file), { recursive: true });
  }
  for (const [path, text] of [...forbidden, ...allowed]) {
    const file = join(folder, source, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${text}\n`);
  }
  const args = ["lint", "--vcs-enabled=false", "--max-diagnostics=none", "--reporter=json", "."];
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const run = promisify(execFile)(process.execPath, [biome, ...args], { cwd: folder });
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  found = JSON.parse(stdout).diagnostics;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rulesAt = (path: string) =>
  found.filter((one) => one.location.path === `${source}/${path}`).map((one) => one.category);

for (const [path, text, rule] of forbidden) {
  test(`${rule} in ${path}: ${text.slice(0, 60)}`, () => {
    expect(rulesAt(path)).toContain(rule);
  });
}

for (const [path, text] of allowed) {
  test(`allowed in ${path}: ${text.slice(0, 60)}`, () => {
    expect(rulesAt(path)).toEqual([]);
  });
}

test("every room has its rules", () => {
  const rooms = readdirSync(join(root, source), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const ruled = new Set(forbidden.map(([path]) => path.split("/")[0]));
  expect(rooms.map((room) => room.name).filter((name) => !ruled.has(name))).toEqual([]);
});
