import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { root } from "../../package/support/pages.ts";
import { run, runWell } from "../../package/support/run.ts";
import { linked } from "../unrun.ts";

/** A folder in which pages are played: the package, built anew, and everything that it and the pages import. */
export interface Workshop {
  readonly folder: string;
  /** The whole environment of what the pages run. */
  readonly env: NodeJS.ProcessEnv;
  remove(): void;
}

const tsc = join(root, "node_modules/typescript/bin/tsc");

export async function openWorkshop(): Promise<Workshop> {
  const folder = mkdtempSync(join(tmpdir(), "belfry-docs-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    return { folder, env: await furnish(folder), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Fills the folder; answers the environment of what runs in it. */
async function furnish(folder: string): Promise<NodeJS.ProcessEnv> {
  const modules = join(folder, "node_modules");
  const own = join(modules, "belfry");
  for (const name of [join(modules, ".bin"), own, join(folder, "bin"), join(folder, "home")])
    mkdirSync(name, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  linkModules(modules);
  cpSync(join(root, "packages/belfry/package.json"), join(own, "package.json"));
  const project = join(root, "packages/belfry/tsconfig.build.json");
  await runWell(process.execPath, [tsc, "-p", project, "--outDir", join(own, "dist")], { cwd: folder });
  mkdirSync(join(modules, "@agnost"));
  symlinkSync(own, join(modules, "@agnost/server"));
  linkBins(modules);
  writeCommands(join(folder, "bin"));
  const path = [join(folder, "bin"), join(modules, ".bin"), dirname(process.execPath), process.env.PATH];
  return { PATH: path.join(delimiter), HOME: join(folder, "home"), TMPDIR: tmpdir() };
}

/** Everything that the repository installed, except the package itself, is there for the pages. */
function linkModules(modules: string): void {
  const installed = join(root, "node_modules");
  for (const name of readdirSync(installed)) {
    if (name !== "belfry" && !name.startsWith(".")) symlinkSync(join(installed, name), join(modules, name));
  }
}

function linkBins(modules: string): void {
  for (const name of ["belfry", "vitest"]) {
    const { bin = {} } = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")) as {
      bin?: string | Record<string, string>;
    };
    for (const [command, path] of Object.entries(typeof bin === "string" ? { [name]: bin } : bin)) {
      const file = join(modules, name, path);
      if (name === "belfry") chmodSync(file, 0o755);
      symlinkSync(relative(join(modules, ".bin"), file), join(modules, ".bin", command));
    }
  }
}

/** `npx` runs what is installed, without a look at the registry; `npm` knows the commands that are listed, no other. */
function writeCommands(bin: string): void {
  const known = linked.map(({ command }) => `"${command}"`).join(" | ");
  const npm = `case "$*" in ${known}) exit 0 ;; *) echo "npm $* is not listed in test/docs/unrun.ts" >&2; exit 1 ;; esac`;
  for (const [name, text] of Object.entries({ npx: 'exec "$@"', npm })) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
}

/** What the compiler says about these files, strict as the repository; nothing where all is well. */
export async function checkTypes(folder: string, files: readonly string[]): Promise<string[]> {
  const compilerOptions = {
    noEmit: true,
    allowJs: true,
    checkJs: true,
    noUnusedLocals: false,
    types: ["node"],
    rewriteRelativeImportExtensions: false,
  };
  const config = { extends: join(root, "tsconfig.base.json"), compilerOptions, files };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { stdout } = await run(process.execPath, [tsc, "-p", folder, "--pretty", "false"], { cwd: folder });
  // A line that begins with a blank belongs to the one before.
  return stdout.split(/\n(?!\s)/).filter((line) => line !== "");
}
