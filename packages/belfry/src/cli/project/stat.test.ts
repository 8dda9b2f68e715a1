import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { signatureOf } from "./signature.ts";
import { statOf } from "./stat.ts";

test("what cannot be known of a path is undefined: not there, a loop of links, a name too long, a file's child", () => {
  const folder = mkdtempSync(join(tmpdir(), "belfry-stat-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  symlinkSync("loop", join(folder, "loop"));
  const child = join(import.meta.filename, "child");
  for (const path of [join(folder, "none"), join(folder, "loop"), join(folder, "x".repeat(300)), child]) {
    expect([statOf(path), signatureOf(path)]).toEqual([undefined, undefined]);
  }
  expect(statOf(folder)?.isDirectory()).toBe(true);
});
