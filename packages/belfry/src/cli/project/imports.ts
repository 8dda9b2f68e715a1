import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { parse } from "jsonc-parser";

const endings = [".ts", ".js", ".mjs", ".json", "/index.ts", "/index.js"];

/** What is wrong with an import that Node cannot resolve, and what to write instead where that is known. */
export function problemOfImport(specifier: string, parent: string, folder: string): string {
  // The file itself: it went while the others were loaded.
  if (specifier.startsWith("file:")) return "cannot be found any more";
  const quoted = JSON.stringify(specifier);
  if (/^\.{0,2}\//.test(specifier)) {
    const meant = existing(resolve(dirname(parent), specifier));
    if (meant === undefined) return `imports ${quoted}, and there is no such file`;
    return `imports ${quoted}; write ${JSON.stringify(written(meant, parent))}: Node.js wants the name with its ending`;
  }
  const alias = aliasOf(specifier, folder);
  if (alias) {
    const instead =
      alias.file === undefined ? "a relative import with its .ts ending" : JSON.stringify(written(alias.file, parent));
    return `imports ${quoted}, a path alias that Node.js does not know; write ${instead} instead, or build first`;
  }
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  return `imports ${quoted}, which is not installed here; run \`npm install ${name}\``;
}

/** The line of a file that imports this; undefined where it is not found. */
export function lineOfImport(file: string, specifier: string): number | undefined {
  const lines = readText(file).split("\n");
  const index = lines.findIndex((line) => line.includes(`"${specifier}"`) || line.includes(`'${specifier}'`));
  return index < 0 ? undefined : index + 1;
}

/** The file that is meant by a path without an ending, or with that of the built file. */
function existing(path: string): string | undefined {
  const bare = path.replace(/\.[cm]?js$/, "");
  return [...endings.map((ending) => path + ending), ...endings.map((ending) => bare + ending)].find(existsSync);
}

/** How a file imports another one. */
function written(file: string, parent: string): string {
  const path = relative(dirname(parent), file).split(sep).join("/");
  return path.startsWith(".") ? path : `./${path}`;
}

/** Whether an import is an alias: one of tsconfig.json's `paths`, or by its looks. With the file it means, where found. */
function aliasOf(specifier: string, folder: string): { file?: string } | undefined {
  const options = compilerOptions(folder);
  const base = resolve(folder, typeof options.baseUrl === "string" ? options.baseUrl : ".");
  for (const [pattern, targets] of Object.entries(options.paths ?? {})) {
    const [before = "", after = ""] = pattern.split("*");
    const isExact = !pattern.includes("*");
    if (isExact ? specifier !== pattern : !(specifier.startsWith(before) && specifier.endsWith(after))) continue;
    const part = specifier.slice(before.length, specifier.length - after.length);
    const target = Array.isArray(targets) ? String(targets[0]).replace("*", () => part) : "";
    const path = join(base, target);
    return target === "" ? {} : { file: existing(path) ?? (existsSync(path) ? path : undefined) };
  }
  return /^(?:@\/|~|#)/.test(specifier) ? {} : undefined;
}

function compilerOptions(folder: string): { baseUrl?: unknown; paths?: Readonly<Record<string, unknown>> } {
  const parsed: unknown = parse(readText(join(folder, "tsconfig.json")));
  const options =
    parsed && typeof parsed === "object" && "compilerOptions" in parsed ? parsed.compilerOptions : undefined;
  return options && typeof options === "object" ? options : {};
}

/** A file's text; empty where it cannot be read. */
function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
