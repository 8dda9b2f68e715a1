import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../../packages/belfry/test/package/support/run.ts";
import { installExamples } from "../support/installed.ts";

test("the example passes under node:test, on the package as it is installed", { timeout: 120_000 }, async () => {
  const { folder, remove } = await installExamples(["node-test-kit"]);
  try {
    const file = join(folder, "node-test-kit/tasks.test.mjs");
    const { code, stdout } = await run(process.execPath, ["--test", file], { cwd: folder });
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/pass 2/);
  } finally {
    remove();
  }
});
