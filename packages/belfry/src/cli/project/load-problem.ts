import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { isBelfryError } from "../../base/errors.ts";
import { textOf } from "../../base/text.ts";
import { lineOfImport, problemOfImport } from "./imports.ts";

/** An import that Node could not resolve: what was written, and where. */
export interface FailedImport {
  readonly specifier: string;
  readonly parent?: string;
  readonly error: unknown;
}

/** What is known when a file did not load. */
export interface LoadAttempt {
  /** The file that was to be loaded. */
  readonly file: string;
  /** The file of the project that Node read last: where a syntax error without a place is. */
  readonly last: string;
  readonly folder: string;
  readonly failed: readonly FailedImport[];
}

/** What is wrong, as a message says it, with the line where it is known and in the file itself. */
export interface LoadProblem {
  readonly problem: string;
  readonly line?: number;
}

interface Place {
  readonly path: string;
  readonly line?: number;
}

const stripFix =
  "Node.js runs TypeScript by leaving its types out: write a `const` object instead of an enum, a module instead of a " +
  "namespace, fields instead of parameter properties, or build first and name the built folder as tasksDir";

/** What Node says of a word of CommonJS in a module. */
const commonWords = /^(?:require|module|exports|__filename|__dirname) is not defined in ES module scope/;

const commonFix =
  'is CommonJS, which Node.js takes for a module here; write `import` and `export`, or take `"type": "module"` out of ' +
  "package.json";

/** Says why a file did not load, and what mends it. Never throws. */
export function describeLoadError(error: unknown, attempt: LoadAttempt): LoadProblem {
  const failed = attempt.failed.find((one) => one.error === error);
  if (failed) {
    const line = failed.parent === undefined ? undefined : lineOfImport(failed.parent, failed.specifier);
    const place = { path: failed.parent ?? attempt.file, line };
    return placed(problemOfImport(failed.specifier, place.path, attempt.folder), place, attempt);
  }
  const isSyntax = codeOf(error).includes("TYPESCRIPT_SYNTAX") || error instanceof SyntaxError;
  const place = placeOf(error, attempt.folder) ?? (isSyntax ? { path: attempt.last } : { path: attempt.file });
  return placed(problemOf(error), place, attempt);
}

function problemOf(error: unknown): string {
  if (isBelfryError(error)) return error.message;
  if (!(error instanceof Error)) return `threw ${textOf(error)} while it was loaded`;
  const name = textOf(fieldOf(error, "name"));
  const message = onOneLine(textOf(fieldOf(error, "message")));
  switch (codeOf(error)) {
    case "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX":
      return `${message}; ${stripFix}`;
    case "ERR_INVALID_TYPESCRIPT_SYNTAX":
      return `has a syntax error: ${message}`;
    case "ERR_UNKNOWN_FILE_EXTENSION":
      return `${message}; import .ts, .js or .mjs, or build first`;
    default:
  }
  if (error instanceof ReferenceError && commonWords.test(message)) return commonFix;
  if (!(error instanceof SyntaxError)) return `threw ${name}: ${message} while it was loaded`;
  return `has a syntax error: ${message} (types are imported with \`import type\`; decorators need a build)`;
}

function onOneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/g, " ").trim();
}

function codeOf(error: unknown): string {
  const code = fieldOf(error, "code");
  return typeof code === "string" ? code : "";
}

/** A field of an error, which may be anything; undefined where reading it throws, as a stack under an odd name does. */
function fieldOf(error: unknown, field: "name" | "message" | "code" | "stack"): unknown {
  try {
    return error instanceof Error ? Reflect.get(error, field) : undefined;
  } catch {
    return undefined;
  }
}

/** The first place of the project that the stack names: Node puts the line of a syntax error before it. */
function placeOf(error: unknown, folder: string): Place | undefined {
  const stack = fieldOf(error, "stack");
  for (const [, url, path, line] of (typeof stack === "string" ? stack : "").matchAll(
    /(?:(file:\/\/[^\s()]+?)|[\s(](\/[^\s()]+?)):(\d+)(?::\d+)?\)?$/gm,
  )) {
    const file = url === undefined ? path : pathOf(url);
    if (file !== undefined && isShown(file, folder)) return { path: file, line: Number(line) };
  }
  return undefined;
}

function pathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    // A stack may hold any text.
    return undefined;
  }
}

function isShown(file: string, folder: string): boolean {
  const below = relative(folder, file).split(sep);
  return below[0] !== ".." && !below.includes("node_modules");
}

/** The line goes with the file's own name; a place in another file is told in the text. */
function placed(problem: string, { path, line }: Place, { file, folder }: LoadAttempt): LoadProblem {
  if (path === file) return line === undefined ? { problem } : { problem, line };
  const name = relative(folder, path).split(sep).join("/");
  return { problem: `imports ${name}${line === undefined ? "" : `:${line}`}, which ${problem}` };
}
