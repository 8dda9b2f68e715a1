import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

// The type tests are the files *.test-d.ts: what must compile, and with `// @ts-expect-error` what must not. The
// compiler runs once over the package; every type test is one test here.

const root = dirname(import.meta.dirname);
const files = globSync("packages/belfry/{src,test}/**/*.test-d.ts", { cwd: root }).sort();

async function compile(): Promise<string[]> {
  const args = [join(root, "node_modules/typescript/bin/tsc"), "-p", "packages/belfry", "--pretty", "false"];
  const run = promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: 64 << 20 });
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  return stdout.split("\n").filter((line) => line !== "");
}

const compiled = compile();

test("the package and its tests compile", async () => {
  expect(await compiled).toEqual([]);
});

for (const file of files) {
  test(`${file} holds`, async () => {
    expect((await compiled).filter((line) => line.startsWith(file))).toEqual([]);
  });
}
