import { readFileSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Packed, pack, sized, workFolder } from "./support/pack.ts";
import { root } from "./support/pages.ts";
import { run } from "./support/run.ts";

// The package, looked at as npm would publish it.

const { work, remove } = workFolder();
type Manifest = {
  exports: Record<string, string | { types: string; default: string }>;
  bin: Record<string, string>;
  sideEffects: readonly string[];
};
let packed: Packed;
let manifest: Manifest;

beforeAll(async () => {
  packed = await pack(work);
  manifest = JSON.parse(readFileSync(join(packed.folder, "package.json"), "utf8")) as Manifest;
  console.log(`the package: ${sized(packed.bytes)} packed, ${sized(packed.unpackedBytes)} unpacked`);
}, 60_000);

afterAll(remove);

test("the package holds what is built and its pages, and nothing else", () => {
  const known = /^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/.*(?<!\.test)(?:\.js|\.d\.ts))$/;
  expect(packed.files.filter((path) => !known.test(path))).toEqual([]);
  expect(packed.files).toEqual(expect.arrayContaining(["package.json", "README.md", "LICENSE", "CHANGELOG.md"]));
});

test("whatever its manifest names is in it; the command begins with the line that makes it one", () => {
  const exported = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === "string" ? [entry] : [entry.types, entry.default],
  );
  const named = [...exported, ...Object.values(manifest.bin), ...manifest.sideEffects];
  expect(named.filter((path) => !packed.files.includes(path.replace("./", "")))).toEqual([]);
  expect(Object.keys(manifest.exports)).toEqual(
    expect.arrayContaining([".", "./client", "./testing", "./package.json"]),
  );
  const command = readFileSync(join(packed.folder, manifest.bin.belfry ?? ""), "utf8");
  expect(command.split("\n")[0]).toBe("#!/usr/bin/env node");
});

test("publint finds nothing", async () => {
  const { messages } = await publint({ pkgDir: packed.folder, strict: true });
  expect(messages).toEqual([]);
});

test("are the types wrong? No, for what imports ES modules", async () => {
  const cli = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
  const { code, stdout } = await run(process.execPath, [cli, packed.tarball, "--profile", "esm-only"], { cwd: work });
  expect(code, stdout).toBe(0);
});
