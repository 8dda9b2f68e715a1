import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const source = fileURLToPath(new URL("../../../src/index.ts", import.meta.url));

/** Files by their path. */
export type Files = Readonly<Record<string, string>>;

/**
 * A project's folder with these files, gone when the test ends. Its `belfry` is this checkout's source, which Node runs
 * as it runs the project's own TypeScript.
 */
export function makeProject(files: Files): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "belfry-project-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  write(folder, { "package.json": JSON.stringify({ name: "app", private: true, type: "module" }) });
  installBelfry(folder);
  write(folder, files);
  return folder;
}

/** Puts this checkout's source where an installed package would be. */
export function installBelfry(folder: string): void {
  write(join(folder, "node_modules/belfry"), {
    "package.json": JSON.stringify({ name: "belfry", version: "0.0.0", type: "module", exports: "./index.js" }),
    "index.js": `export * from ${JSON.stringify(source)};\n`,
    "index.d.ts": `export * from ${JSON.stringify(source)};\n`,
  });
}

/** Writes files into a folder, with the folders they need. */
export function write(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
