import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blocksOf, readPage, root, tourOf, tourPrints } from "../package/support/pages.ts";
import { run, runWell } from "../package/support/run.ts";

// What the pages say is run, or read by the compiler. The package is built anew into a folder of this test's own.

const folder = mkdtempSync(join(tmpdir(), "belfry-readme-"));
const installed = join(folder, "node_modules/belfry");
const tool = (path: string, ...args: string[]) => [join(root, "node_modules", path), ...args];
const pages = ["README.md", "AGENTS.md", "CONTRIBUTING.md"];

beforeAll(async () => {
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  cpSync(join(root, "packages/belfry/package.json"), join(installed, "package.json"));
  const project = join(root, "packages/belfry/tsconfig.build.json");
  await runWell(process.execPath, tool("typescript/bin/tsc", "-p", project, "--outDir", join(installed, "dist")), {
    cwd: folder,
  });
  for (const name of ["vitest", "@types"])
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the README's tour, word for word, prints what the README says", { timeout: 60_000 }, async () => {
  writeFileSync(join(folder, "tour.mjs"), tourOf(readPage("README.md")));
  const { code, stdout, stderr } = await run(process.execPath, ["tour.mjs"], { cwd: folder });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: expect.stringMatching(tourPrints), stderr: "" });
});

test("the record that the README shows has the fields of the one that is printed", () => {
  const shown = blocksOf(readPage("README.md")).filter(({ language }) => language === "json");
  const fields = ["trackingId", "cronJobId", "cronJobName", "triggeredAt", "status", "startedAt", "completedAt"];
  expect(shown.map(({ text }) => Object.keys(JSON.parse(text) as object))).toEqual([fields]);
});

test("npm run quickstart -- --once ends by itself and prints the seed's two records", {
  timeout: 120_000,
}, async () => {
  const { code, stdout } = await run("npm", ["run", "quickstart", "--", "--once"], { cwd: root, withinMs: 110_000 });
  expect(code).toBe(0);
  const [result, status, ...others] = [...stdout.matchAll(/^\{\n[\s\S]*?^\}$/gm)].map(
    ([text]) => JSON.parse(text) as object,
  );
  const five = ["trackingId", "cronJobId", "cronJobName", "triggeredAt", "status"];
  expect([Object.keys(result ?? {}), Object.keys(status ?? {})]).toEqual([five, [...five, "startedAt", "completedAt"]]);
  expect(others).toEqual([]);
  expect(stdout).toMatch(/completed in \d+ ms/);
});

describe("the code on the pages", () => {
  /** The blocks that a program is written in, each as a file's text. */
  const codes = pages.flatMap((page) =>
    blocksOf(readPage(page)).flatMap(({ language, text }, index) =>
      ["js", "mjs", "ts"].includes(language) ? [{ page, index, language, text }] : [],
    ),
  );

  test("compiles", { timeout: 60_000 }, async () => {
    // A test of the pages stands beside the code that it imports.
    const beside = join(folder, "base");
    cpSync(join(root, "packages/belfry/src/base"), beside, { recursive: true });
    const files = codes.map(({ page, index, language, text }) => {
      const file = join(beside, `${page.replace(".md", "")}-${index}.${language === "ts" ? "mts" : "mjs"}`);
      writeFileSync(file, text);
      return file;
    });
    const compilerOptions = { noEmit: true, allowJs: true, checkJs: true, types: ["node"], skipLibCheck: true };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: join(root, "tsconfig.base.json"), compilerOptions, files }),
    );
    const { stdout } = await run(process.execPath, tool("typescript/bin/tsc", "-p", folder), { cwd: folder });
    expect(stdout).toBe("");
    expect(files.length).toBeGreaterThan(1);
  });

  test("that is a test passes", { timeout: 60_000 }, async () => {
    const tests = codes.filter(({ text }) => text.includes('from "vitest"'));
    expect(tests.length).toBeGreaterThan(0);
    const beside = join(folder, "tests");
    cpSync(join(root, "packages/belfry/src/base"), beside, {
      recursive: true,
      filter: (path) => !path.endsWith(".test.ts"),
    });
    for (const [index, { text }] of tests.entries()) writeFileSync(join(beside, `page-${index}.test.ts`), text);
    await runWell(process.execPath, tool("vitest/vitest.mjs", "run", "--root", beside), { cwd: beside });
  });
});

test("every npm command on the pages exists", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const workspaces = ["packages/belfry"];
  const own = new Set(["ci", "install belfry", "test", ...workspaces.map((name) => `pack -w ${name}`)]);
  for (const name of Object.keys(scripts)) own.add(`run ${name}`);
  const commands = pages.flatMap((page) =>
    [...readPage(page).matchAll(/\bnpm ((?:run|pack|test|ci|install)\b[^`#&|\n]*)/g)].map(([, command = ""]) => {
      return command.split(" -- ")[0]?.trim() ?? "";
    }),
  );
  expect(commands.filter((command) => !own.has(command))).toEqual([]);
  expect(commands.length).toBeGreaterThan(5);
});
