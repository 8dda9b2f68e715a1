import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { textOf } from "../base/text.ts";
import { refuseUsage } from "./exit.ts";
import { configNames } from "./project/config-file.ts";
import { statOf } from "./project/stat.ts";
import { configFile, manifest, projectFiles, taskFiles } from "./project/templates.ts";

/** What became of a file. */
export interface InitStep {
  readonly file: string;
  readonly what: "wrote" | "kept" | "completed";
}

/** What was written, and what to do next. */
export interface InitReport {
  readonly steps: readonly InitStep[];
  /** Lines of shell, in their order. */
  readonly next: readonly string[];
}

/** What npm itself writes into a package.json when it installs the first package. */
const bareManifestKeys = new Set(["name", "version", "dependencies", "devDependencies"]);

/**
 * Writes a first task with its test, a config, and what a project needs around them. Never overwrites a file; a
 * package.json that holds nothing but dependencies is completed. Throws E_USAGE where it cannot write.
 */
export function initProject(folder: string, cwd: string): InitReport {
  if (statOf(folder)?.isDirectory() === false) {
    refuseUsage(`${folder} is a file; name a folder for the project`);
  }
  const steps: InitStep[] = [];
  const add = (file: string, text: string) => steps.push({ file, what: writeNew(folder, file, text) });
  // A test of a task that is not ours would fail.
  const ours = existsSync(join(folder, "tasks/hello.ts")) ? [] : Object.entries(taskFiles);
  if (ours.length === 0) steps.push({ file: "tasks/hello.ts", what: "kept" });
  for (const [file, text] of ours) add(file, text);
  const config = configNames.find((name) => existsSync(join(folder, name)));
  if (config) steps.push({ file: config, what: "kept" });
  else add(configNames[0], configFile);
  for (const [file, text] of Object.entries(projectFiles)) add(file, text);
  steps.push({ file: "package.json", what: writeManifest(folder) });
  return { steps, next: nextCommands(folder, cwd) };
}

function writeNew(folder: string, file: string, text: string): "wrote" | "kept" {
  try {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: "wx" });
    return "wrote";
  } catch (error) {
    if (codeOf(error) === "EEXIST" && existsSync(join(folder, file))) return "kept";
    return refuseWrite(folder, file, error);
  }
}

function refuseWrite(folder: string, file: string, error: unknown): never {
  refuseUsage(`${file} cannot be written in ${folder}: the system says ${codeOf(error) || textOf(error)}`);
}

function writeManifest(folder: string): InitStep["what"] {
  const own = readManifest(folder);
  if (own === undefined) {
    const name = packageName(basename(folder));
    return writeNew(folder, "package.json", `${JSON.stringify({ name, ...manifest }, null, 2)}\n`);
  }
  if (!own || Object.keys(own).some((key) => !bareManifestKeys.has(key))) return "kept";
  try {
    writeFileSync(join(folder, "package.json"), `${JSON.stringify({ ...manifest, ...own }, null, 2)}\n`);
    return "completed";
  } catch (error) {
    return refuseWrite(folder, "package.json", error);
  }
}

/** What package.json says; undefined where there is none, null where it is no JSON object. */
function readManifest(folder: string): Readonly<Record<string, unknown>> | null | undefined {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return undefined;
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    // It is not ours to mend.
    return null;
  }
}

function packageName(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return plain || "app";
}

function nextCommands(folder: string, cwd: string): string[] {
  const path = relative(cwd, folder);
  return [
    ...(path === "" ? [] : [`cd ${/^[\w./-]+$/.test(path) ? path : JSON.stringify(path)}`]),
    ...(readManifest(folder)?.type === "module" ? [] : ["npm pkg set type=module"]),
    ...(isInstalled(folder) ? [] : ["npm install belfry"]),
    "npx belfry dev",
    "node --test",
  ];
}

/** Whether `import "belfry"` will find it. */
function isInstalled(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, "node_modules/belfry/package.json"))) return true;
    if (at === dirname(at)) return false;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? textOf(error.code) : "";
}
