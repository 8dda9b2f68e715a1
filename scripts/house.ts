// The rules that no ready tool holds: time and chance, SQL, switched-off tests, docstrings, the lockfile.
// `npm run house` prints each breach with its place; Biome and knip hold the rest.
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type MemberExpression, type ParseResult, parseSync, Visitor } from "oxc-parser";

type Files = (path: string) => string | undefined;
type Name = { type: string; name?: string; value?: unknown };

const source = "packages/belfry/src/";
const globals = new Set(["setTimeout", "setInterval", "setImmediate", "performance"]);
const members = new Set(["Date.now", "Math.random", "process.hrtime", "AbortSignal.timeout", "Temporal.Now"]);
for (const name of globals) members.add(`globalThis.${name}`);
const timeModules = new Set(["node:timers", "node:timers/promises", "node:perf_hooks"]);
const chance = new Set(["randomBytes", "randomUUID", "randomInt", "randomFill", "randomFillSync", "getRandomValues"]);
const testRoots = new Set(["test", "it", "describe", "suite"]);
const switches = new Set(["only", "skip", "todo", "skipIf", "runIf"]);
const sqlWords =
  "(?:SELECT\\s[^]*\\sFROM\\s|INSERT\\s(?:OR\\s\\w+\\s)?INTO\\s|UPDATE\\s[^]*\\sSET\\s|DELETE\\sFROM\\s|" +
  "(?:CREATE|DROP|ALTER)\\s(?:UNIQUE\\s)?(?:TABLE|INDEX|TRIGGER|VIEW)\\s|PRAGMA\\s\\w|BEGIN\\s(?:IMMEDIATE|EXCLUSIVE))";
/** Upper case anywhere, any case at the start of a string. */
const sql = [new RegExp(`\\b${sqlWords}`), new RegExp(`^\\s*${sqlWords}`, "i")];

const nameOf = (node: Name): string => node.name ?? (typeof node.value === "string" ? node.value : "");
const isProduct = (path: string) => path.startsWith(source) && !/\.test(-d)?\.ts$/.test(path);
const isTest = (path: string) => /\.(test|long)\.ts$/.test(path);

/** Calls `found` for each thing in a file that is not allowed where the file lives. */
function visitSource(path: string, tree: ParseResult, found: (at: number, what: string) => void): void {
  const clockless = isProduct(path) && !path.startsWith(`${source}clock/`);
  const sqlless = isProduct(path) && !path.startsWith(`${source}store/`);
  const keys = new Set<unknown>();
  const key = (node: { computed: boolean; key: unknown }) => void (node.computed || keys.add(node.key));
  const text = (at: number, value: string) => {
    if (sqlless && sql.some((shape) => shape.test(value))) found(at, "SQL outside store/");
  };
  const time = (at: number, what: string) => void (clockless && found(at, `${what} outside clock/`));

  new Visitor({
    MemberExpression(node) {
      if (!node.computed) keys.add(node.property);
      const property = nameOf(node.property as Name);
      const dotted = `${nameOf(node.object as Name)}.${property}`;
      if (members.has(dotted) || chance.has(property)) time(node.start, dotted);
      if (isTest(path) && switches.has(property) && testRoots.has(rootOf(node)))
        found(node.start, `.${property} in a test`);
    },
    NewExpression(node) {
      if (nameOf(node.callee as Name) === "Date" && node.arguments.length === 0) time(node.start, "new Date()");
    },
    CallExpression(node) {
      if (nameOf(node.callee as Name) === "Date") time(node.start, "Date()");
      if (!isTest(path) || !testRoots.has(nameOf(node.callee as Name))) return;
      for (const argument of node.arguments) {
        if (argument.type !== "ObjectExpression") continue;
        const option = argument.properties.find((p) => p.type === "Property" && switches.has(nameOf(p.key as Name)));
        if (option) found(option.start, "a test is switched by an option");
      }
    },
    Property: key,
    MethodDefinition: key,
    PropertyDefinition: key,
    TSPropertySignature: key,
    TSMethodSignature: key,
    Identifier(node) {
      if (globals.has(node.name) && !keys.has(node)) time(node.start, node.name);
    },
    ImportSpecifier(node) {
      const name = nameOf(node.imported as Name);
      if (chance.has(name)) time(node.start, name);
    },
    Literal(node) {
      const value = nameOf(node as Name);
      if (timeModules.has(value)) time(node.start, value);
      text(node.start, value);
    },
    TemplateLiteral: (node) => text(node.start, node.quasis.map((part) => part.value.cooked ?? "").join("x")),
  }).visit(tree.program);
}

/** `describe` of `describe.concurrent.skip`, also where a part of it is called. */
function rootOf(node: MemberExpression): string {
  let inner: { type: string; object?: unknown; callee?: unknown } = node;
  while (inner.object ?? inner.callee) inner = (inner.object ?? inner.callee) as typeof inner;
  return nameOf(inner as Name);
}

/** The breaches of one source file, as `path:line what`. */
export function checkSource(path: string, text: string): string[] {
  const breaches: string[] = [];
  const tree = parseSync(path, text);
  if (tree.errors[0]) return [`${path} ${tree.errors[0].message}`];
  visitSource(path, tree, (at, what) => {
    breaches.push(`${path}:${text.slice(0, at).split("\n").length} ${what}`);
  });
  return breaches;
}

/** The names that `path` exports, those it passes on included, that stand without a docstring. */
export function checkDocs(path: string, files: Files, only?: Set<string>): string[] {
  const text = files(path);
  if (text === undefined) return [`${path} is exported from and does not exist`];
  const tree = parseSync(path, text);
  const missing: string[] = [];
  for (const { entries } of tree.module.staticExports) {
    for (const entry of entries) {
      const name = entry.exportName.name ?? (entry.exportName.kind === "Default" ? "default" : null);
      if (name !== null && only && !only.has(name)) continue;
      if (entry.moduleRequest) {
        if (!entry.moduleRequest.value.startsWith(".")) continue;
        const next = join(dirname(path), entry.moduleRequest.value);
        const names = entry.importName.name === null ? only : new Set([entry.importName.name]);
        missing.push(...checkDocs(next, files, names));
      } else if (!isDocumented(tree, text, entry.localName.name ?? "default")) {
        missing.push(`${path} export ${name} has no docstring`);
      }
    }
  }
  return missing;
}

/** Whether a declaration of `name` at the top of the file has a docstring right before it. */
function isDocumented(tree: ParseResult, text: string, name: string): boolean {
  const docs = tree.comments.filter((comment) => comment.type === "Block" && comment.value.startsWith("*"));
  return tree.program.body.some((statement) => {
    const declared =
      statement.type === "ExportNamedDeclaration" || statement.type === "ExportDefaultDeclaration"
        ? statement.declaration
        : statement;
    if (!declared) return false;
    const ids =
      "declarations" in declared ? declared.declarations.map((one) => one.id) : "id" in declared ? [declared.id] : [];
    if (name !== "default" && !ids.some((id) => id && nameOf(id as Name) === name)) return false;
    if (name === "default" && statement.type !== "ExportDefaultDeclaration") return false;
    return docs.some((doc) => doc.end <= statement.start && text.slice(doc.end, statement.start).trim() === "");
  });
}

interface Locked {
  resolved?: string;
  link?: boolean;
  os?: string[];
  cpu?: string[];
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const platforms = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];
/** fsevents is of use on macOS alone; the Node binaries are for Linux, elsewhere an installed Node is used. */
const onlySome = /^(fsevents$|node-linux-)/;

/** Platform-bound packages without a locked version for one of the four platforms, and download addresses. */
export function checkLockfile(lock: { packages: Record<string, Locked> }): string[] {
  const breaches: string[] = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    const address = entry.link ? undefined : entry.resolved;
    if (address) breaches.push(`package-lock.json names an address: ${path} ${address}`);
    const bound: Locked[] = [];
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      const dependency = lock.packages[`${path}/node_modules/${name}`] ?? lock.packages[`node_modules/${name}`];
      if (!dependency) breaches.push(`package-lock.json lacks ${name} of ${path || "the root"}`);
      else if (dependency.os && !onlySome.test(name)) bound.push(dependency);
    }
    if (bound.length === 0) continue;
    for (const platform of platforms) {
      const [os = "", cpu = ""] = platform.split("-");
      const has = bound.some((one) => one.os?.includes(os) && (one.cpu?.includes(cpu) ?? true));
      if (!has) breaches.push(`package-lock.json has nothing of ${path || "the root"} for ${platform}`);
    }
  }
  return breaches;
}

/** Versions of tools that are not pinned exactly. */
export function checkPins(path: string, manifest: Pick<Locked, "devDependencies" | "optionalDependencies">): string[] {
  const pins = { ...manifest.devDependencies, ...manifest.optionalDependencies };
  const loose = Object.entries(pins).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
  return loose.map(([name, version]) => `${path} does not pin ${name} exactly: ${version}`);
}

function main(root: string): void {
  const files: Files = (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined);
  const text = (path: string) => files(path) ?? "";
  const code = globSync(["packages/*/{src,test}/**/*.ts", "{scripts,bench,examples}/**/*.ts"], { cwd: root });
  const manifests = globSync(["package.json", "packages/*/package.json"], { cwd: root });
  const breaches = [
    ...code.sort().flatMap((path) => checkSource(path, text(path))),
    ...checkDocs(`${source}index.ts`, files),
    ...checkLockfile(JSON.parse(text("package-lock.json"))),
    ...manifests.flatMap((path) => checkPins(path, JSON.parse(text(path)))),
  ];
  const summary = breaches.length === 0 ? `house: ${code.length} files keep the rules` : breaches.join("\n");
  process.stdout.write(`${summary}\n`);
  process.exitCode = breaches.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(dirname(import.meta.dirname));
