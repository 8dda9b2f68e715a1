import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("whoever asks nothing over HTTP loads nothing of it", async () => {
  const child = fileURLToPath(new URL("lazy.child.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [child]);
  expect(JSON.parse(stdout)).toEqual({ atFirst: [], status: 200, later: true });
});
