import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { killAll } from "./child.ts";

let folders: string[] = [];

/** A fresh folder for a store and its journals, gone when the test ends; kept, and named, when it failed. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "belfry-chaos-"));
  folders.push(folder);
  return folder;
}

/** A copy to break things in. */
export function copyOf(folder: string): string {
  const copy = testFolder();
  cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith(".sock") });
  return copy;
}

/** After every test: no process and no folder is left behind. */
export function cleanUp(): void {
  afterEach(async ({ task }) => {
    await killAll();
    const mine = folders;
    folders = [];
    if (task.result?.state === "fail") console.error(`kept for a look: ${mine.join(", ")}`);
    else for (const folder of mine) rmSync(folder, { recursive: true, force: true });
  });
}
