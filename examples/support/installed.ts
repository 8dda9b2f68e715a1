import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runWell } from "../../packages/belfry/test/package/support/run.ts";

const root = dirname(dirname(import.meta.dirname));

/**
 * The examples in a folder of their own, beside the package as it is installed: built from the source as it is now. What
 * else they import is the repository's.
 */
export async function installExamples(names: readonly string[]): Promise<{ folder: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "belfry-examples-"));
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "belfry"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const manifest = readFileSync(join(root, "packages/belfry/package.json"), "utf8");
  writeFileSync(join(modules, "belfry/package.json"), manifest);
  const tsc = [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, "packages/belfry/tsconfig.build.json")];
  await runWell(process.execPath, [...tsc, "--outDir", join(modules, "belfry/dist")], { cwd: folder });
  const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> };
  const scopes = ["express", "fastify", ...Object.keys(dependencies)].map((name) => name.split("/")[0] ?? name);
  for (const name of new Set(scopes)) symlinkSync(join(root, "node_modules", name), join(modules, name));
  for (const name of names) cpSync(join(root, "examples", name), join(folder, name), { recursive: true });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
