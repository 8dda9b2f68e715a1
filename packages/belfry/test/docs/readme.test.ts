import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readPage, root } from "../package/support/pages.ts";
import { run, runWell } from "../package/support/run.ts";
import { blocksOf } from "./support/blocks.ts";

// What the pages for builders say, and what README promises beside its blocks.

const folder = mkdtempSync(join(tmpdir(), "belfry-readme-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const pages = ["README.md", "AGENTS.md", "CONTRIBUTING.md"];

test("the record that the README shows has the fields of the one that is printed", () => {
  const shown = blocksOf("README.md", readPage("README.md")).filter(({ language }) => language === "json");
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

test("the test that AGENTS.md shows passes", { timeout: 60_000 }, async () => {
  const shown = blocksOf("AGENTS.md", readPage("AGENTS.md")).filter(({ language }) => language === "ts");
  expect(shown).toHaveLength(1);
  cpSync(join(root, "packages/belfry/src/base"), folder, {
    recursive: true,
    filter: (path) => !path.endsWith(".test.ts"),
  });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const { text } of shown) writeFileSync(join(folder, "page.test.ts"), text);
  await runWell(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", folder], {
    cwd: folder,
  });
});

test("every npm command on the pages exists", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const { version } = JSON.parse(readFileSync(join(root, "packages/belfry/package.json"), "utf8")) as {
    version: string;
  };
  const tarball = `install <clone>/belfry-${version}.tgz`;
  const own = new Set(["ci", "install belfry", "test", "pack -w packages/belfry", tarball]);
  for (const name of Object.keys(scripts)) own.add(`run ${name}`);
  const commands = pages.flatMap((page) =>
    [...readPage(page).matchAll(/\bnpm ((?:run|pack|test|ci|install)\b[^`#&|\n]*)/g)].map(([, command = ""]) => {
      return command.split(" -- ")[0]?.trim() ?? "";
    }),
  );
  expect(commands.filter((command) => !own.has(command))).toEqual([]);
  expect(commands.length).toBeGreaterThan(5);
});
