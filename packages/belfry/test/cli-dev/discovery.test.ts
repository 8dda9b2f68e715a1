import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { discover } from "./support/discover.ts";
import { type Files, makeProject } from "./support/project.ts";

const task = (name: string) => `export const it = defineTask({ name: ${JSON.stringify(name)}, handler: () => {} });`;
const file = (...lines: string[]) => ['import { defineTask } from "belfry";', ...lines, ""].join("\n");

test("tasks are found in every export of every task file, in the order of the files, each once", async () => {
  const folder = makeProject({
    "tasks/b.ts": file(task("second"), task("third").replace("it", "other"), "export default it;"),
    "tasks/a.js": file(task("first")),
    "tasks/deep/er/c.mjs": file(
      `const all = ["x", "y"].map((name) => defineTask({ name, handler() {} }));`,
      "export default all;",
    ),
    "tasks/z-again.ts": 'export * from "./b.ts";',
    "tasks/helper.ts": "export const rate = 0.19; export function round(x: number) { return Math.round(x); }",
    "tasks/types.d.ts": "export const broken: = 1;",
    "tasks/a.test.ts": "throw new Error('no test is loaded');",
    "tasks/.hidden/h.ts": "throw new Error('hidden');",
    "tasks/.dot.ts": "throw new Error('hidden');",
    "tasks/node_modules/p/i.js": "throw new Error('a package');",
    "tasks/notes.md": "not code",
    "tasks/old.cjs": "throw new Error('of another kind');",
  });
  const { tasks, problems, fileCount } = await discover(folder);
  expect(problems).toEqual([]);
  expect(tasks.map(({ name }) => name)).toEqual(["first", "second", "third", "x", "y"]);
  expect(fileCount).toBe(5);
});

test("no tasks folder is no tasks", async () => {
  expect(await discover(makeProject({}))).toMatchObject({ tasks: [], problems: [], fileCount: 0 });
});

test("a tasks folder that is named has to be there", async () => {
  const folder = makeProject({ "belfry.config.ts": 'export default { tasksDir: "jobs" };' });
  const { problems } = await discover(folder);
  expect(problems).toEqual([
    `E_OPTION tasksDir is ${JSON.stringify(join(folder, "jobs"))}; expected a folder that exists`,
  ]);
});

test("a bare default function is a task by its file's name, or as the config says", async () => {
  const folder = makeProject({
    "belfry.config.ts":
      'export default { files: { "bill.js": { name: "billOnDemand", schedule: "0 2 * * *" }, "deep/clean up": { retries: 2 } } };',
    "tasks/bill.js": "export default async () => {};",
    "tasks/deep/clean up.mjs": "export default function () {}",
    "tasks/plain.ts": "export default async (): Promise<void> => {};",
  });
  const { tasks, problems } = await discover(folder);
  expect(problems).toEqual([]);
  expect(tasks).toEqual([
    { name: "billOnDemand", schedules: [{ cron: "0 2 * * *", timezone: "UTC" }] },
    { name: "clean up", schedules: [] },
    { name: "plain", schedules: [] },
  ]);
});

test("what the tasks import is known, packages aside; a symbolic link is followed", async () => {
  const folder = makeProject({
    "tasks/a.ts": 'import "../lib/db.ts";\nexport default () => {};',
    "lib/db.ts": 'import settings from "./settings.json" with { type: "json" };\nexport { settings };',
    "lib/settings.json": "{}",
    "belfry.config.ts": 'import "./lib/more.ts"; export default {};',
    "lib/more.ts": "export {};",
    "elsewhere/linked.ts": "export default () => {};",
  });
  symlinkSync(join(folder, "elsewhere/linked.ts"), join(folder, "tasks/linked.ts"));
  const { seen, tasks } = await discover(folder);
  expect(seen.sort()).toEqual([
    "belfry.config.ts",
    ...["elsewhere/linked.ts", "lib/db.ts", "lib/more.ts", "lib/settings.json", "tasks/a.ts", "tasks/linked.ts"],
  ]);
  expect(tasks.map(({ name }) => name)).toEqual(["a", "linked"]);
});

/** What is wrong, what stands in the project beside one good task, and the problems that are told. */
const broken: [name: string, files: Files, problems: (string | RegExp)[]][] = [
  [
    "a file that throws on import",
    { "tasks/bad.ts": 'interface A { a: 1 }\n\nthrow new TypeError("no database");' },
    ["E_TASK_FILE task file tasks/bad.ts:3: threw TypeError: no database while it was loaded"],
  ],
  [
    "a file that throws lines",
    { "tasks/bad.ts": 'throw new TypeError("no database:\\n  none");' },
    ["E_TASK_FILE task file tasks/bad.ts:1: threw TypeError: no database: none while it was loaded"],
  ],
  [
    "CommonJS in a package of modules",
    { "tasks/bad.js": 'const belfry = require("belfry");\nmodule.exports = {};' },
    [/^E_TASK_FILE task file tasks\/bad\.js:1: is CommonJS.*write `import` and `export`.*"type": "module"/],
  ],
  [
    "a file that throws no error",
    { "tasks/bad.ts": "throw { a: 1 };" },
    ["E_TASK_FILE task file tasks/bad.ts: threw [object Object] while it was loaded"],
  ],
  [
    "a file that throws in another file",
    {
      "tasks/bad.ts": 'import { open } from "../lib/db.ts";\n\nopen();',
      "lib/db.ts": 'export function open(): void {\n  throw new Error("closed");\n}',
    },
    ["E_TASK_FILE task file tasks/bad.ts: imports lib/db.ts:2, which threw Error: closed while it was loaded"],
  ],
  [
    "two tasks of one name, case aside",
    { "tasks/x.ts": file(task("Bill")), "tasks/y.ts": file(task("bill")) },
    ['E_TASK_FILE task file tasks/y.ts: task "bill" is defined in tasks/x.ts too; rename one (case does not matter)'],
  ],
  [
    "two tasks of one name in one file",
    { "tasks/x.ts": file(task("Bill"), task("Bill").replace("it", "other")) },
    ['E_TASK_FILE task file tasks/x.ts: task "Bill" is defined twice in this file; rename one (case does not matter)'],
  ],
  [
    "a handler that is no function",
    { "tasks/bad.ts": file("", 'export default defineTask({ name: "bad", handler: 5 });') },
    ['E_TASK_FILE task file tasks/bad.ts:3: task "bad": handler is 5; expected a function'],
  ],
  [
    "a default export that is no function",
    { "tasks/bad.js": "export default 5;" },
    [
      "E_TASK_FILE task file tasks/bad.js: its default export is 5; expected a function, or what defineTask({ … }) answers",
    ],
  ],
  [
    "a default export that is a class",
    { "tasks/bad.js": "export default class {}" },
    [
      "E_TASK_FILE task file tasks/bad.js: its default export is a class; expected a function, or what defineTask({ … }) answers",
    ],
  ],
  [
    "exports that look like tasks and are none",
    {
      "tasks/bad.ts":
        'export const one = { name: "one", handler() {} };\nexport default [{ schedule: "* * * * *", handler: 5 }];',
    },
    [
      "E_TASK_FILE task file tasks/bad.ts: its default export[0] looks like a task and is none; write defineTask({ … }) around it",
      "E_TASK_FILE task file tasks/bad.ts: its export one looks like a task and is none; write defineTask({ … }) around it",
    ],
  ],
  [
    "a bare function whose file's name is no task's",
    { "tasks/käse.ts": "export default () => {};" },
    [
      'E_TASK_FILE task file tasks/käse.ts: its default function would be task "käse", which is no valid name; name it in belfry.config.ts: files: { "käse": { name: "…" } }',
    ],
  ],
  [
    "an enum",
    { "tasks/bad.ts": "export {};\n\nenum Colour { Red }" },
    [
      /^E_TASK_FILE task file tasks\/bad\.ts:3: TypeScript enum is not supported.*write a `const` object instead of an enum/,
    ],
  ],
  [
    "a namespace, in a file that is imported",
    { "tasks/bad.ts": 'import "../lib/n.ts";', "lib/n.ts": "namespace A { export const x = 1; }" },
    [
      /^E_TASK_FILE task file tasks\/bad\.ts: imports lib\/n\.ts:1, which TypeScript namespace .*a module instead of a namespace/,
    ],
  ],
  [
    "a parameter property",
    { "tasks/bad.ts": "class A { constructor(private x: number) {} }" },
    [/^E_TASK_FILE task file tasks\/bad\.ts:1: TypeScript parameter property .*fields instead of parameter properties/],
  ],
  [
    "a path alias of tsconfig.json, whose file is there",
    {
      "tasks/deep/bad.ts": '// what it needs\nimport { x } from "@/db";\nexport default () => x;',
      "src/db.ts": "export const x = 1;",
      "tsconfig.json": '{\n  // comments are allowed\n  "compilerOptions": { "paths": { "@/*": ["./src/*"] } },\n}',
    },
    [
      'E_TASK_FILE task file tasks/deep/bad.ts:2: imports "@/db", a path alias that Node.js does not know; write "../../src/db.ts" instead, or build first',
    ],
  ],
  [
    "a path alias, beside a tsconfig.json that cannot be read",
    { "tasks/bad.ts": 'import "@/db";', "tsconfig.json/file": "" },
    [/^E_TASK_FILE task file tasks\/bad\.ts:1: imports "@\/db", a path alias/],
  ],
  [
    "an error whose message and name are no text",
    { "tasks/bad.ts": 'throw Object.assign(new Error("x"), { message: 5, name: Symbol("odd") });' },
    ["E_TASK_FILE task file tasks/bad.ts: threw Symbol(odd): 5 while it was loaded"],
  ],
  [
    "an error whose message is a number",
    { "tasks/bad.ts": 'throw Object.assign(new Error("x"), { message: 5 });' },
    ["E_TASK_FILE task file tasks/bad.ts:1: threw Error: 5 while it was loaded"],
  ],
  [
    "a path alias by its looks",
    { "tasks/bad.ts": 'import { x } from "~/db";\nexport default () => x;' },
    [
      'E_TASK_FILE task file tasks/bad.ts:1: imports "~/db", a path alias that Node.js does not know; write a relative import with its .ts ending instead, or build first',
    ],
  ],
  [
    "an import without its ending, and one with that of the built file",
    { "tasks/a.ts": 'import "../lib/db";', "tasks/b.ts": 'import "../lib/db.js";', "lib/db.ts": "export {};" },
    [
      'E_TASK_FILE task file tasks/a.ts:1: imports "../lib/db"; write "../lib/db.ts": Node.js wants the name with its ending',
      'E_TASK_FILE task file tasks/b.ts:1: imports "../lib/db.js"; write "../lib/db.ts": Node.js wants the name with its ending',
    ],
  ],
  [
    "a file and a package that are not there",
    { "tasks/a.ts": 'import "./gone.ts";', "tasks/b.ts": "import '@acme/gone/sub';" },
    [
      'E_TASK_FILE task file tasks/a.ts:1: imports "./gone.ts", and there is no such file',
      'E_TASK_FILE task file tasks/b.ts:1: imports "@acme/gone/sub", which is not installed here; run `npm install @acme/gone`',
    ],
  ],
  [
    "a type that is imported as a value",
    {
      "tasks/bad.ts": 'import { T } from "../lib/t.ts";\nexport default (x: T) => x;',
      "lib/t.ts": "export type T = 1;",
    },
    [/^E_TASK_FILE task file tasks\/bad\.ts:1: has a syntax error: .*`import type`/],
  ],
  [
    "syntax errors",
    { "tasks/a.ts": "export {};\nconst = 1;", "tasks/b.js": 'import "./c.js";', "tasks/c.js": "const a = = 1;" },
    [
      /^E_TASK_FILE task file tasks\/a\.ts:2: has a syntax error/,
      /^E_TASK_FILE task file tasks\/b\.js: imports tasks\/c\.js, which has a syntax error/,
      /^E_TASK_FILE task file tasks\/c\.js: has a syntax error/,
    ],
  ],
  [
    "config entries that nothing bears, and one that is wrong",
    {
      "belfry.config.ts": 'export default { files: { bil: {}, good: {}, bill: { schedule: "nonsense" } } };',
      "tasks/bill.ts": "export default () => {};",
    },
    [
      /^E_CONFIG belfry\.config\.ts files\["bill"\]: task "bill": schedule is "nonsense"/,
      'E_CONFIG belfry.config.ts files["bil"]: no task file of this name has a bare default function (did you mean "bill"?)',
      'E_CONFIG belfry.config.ts files["good"]: no task file of this name has a bare default function',
    ],
  ],
];

describe("what is wrong with a file is told, and the others go on:", () => {
  test.for(broken)("%s", async ([, files, expected]) => {
    const folder = makeProject({ ...files, "tasks/good.ts": file(task("good")) });
    const { tasks, problems } = await discover(folder);
    expect(problems).toEqual(expected.map((one) => (typeof one === "string" ? one : expect.stringMatching(one))));
    expect(tasks.map(({ name }) => name)).toContain("good");
  });
});

test("a file that waits at its top level for ever is told, and does not hold up the others", async () => {
  const folder = makeProject({
    "tasks/a.ts": "await new Promise((resolve) => setTimeout(resolve, 600_000));",
    "tasks/good.ts": file(task("good")),
  });
  const { tasks, problems } = await discover(folder, { isHasty: true });
  expect(problems).toEqual([
    "E_TASK_FILE task file tasks/a.ts: was not loaded within 30 s; something at its top level waits",
  ]);
  expect(tasks.map(({ name }) => name)).toEqual(["good"]);
});

test("a file that cannot be read is told", async () => {
  const folder = makeProject({ "tasks/good.ts": file(task("good")) });
  mkdirSync(join(folder, "tasks/folder.ts"));
  writeFileSync(join(folder, "tasks/bytes.ts"), Buffer.from([0xff, 0xfe, 0x00, 0x01]));
  const { tasks, problems } = await discover(folder);
  expect(problems).toEqual([expect.stringMatching(/^E_TASK_FILE task file tasks\/bytes\.ts/)]);
  expect(tasks.map(({ name }) => name)).toEqual(["good"]);
});

test("a loop of links is passed over, as a file and as the folder of the tasks", async () => {
  const folder = makeProject({ "tasks/good.ts": file(task("good")) });
  symlinkSync("loop.ts", join(folder, "tasks/loop.ts"));
  const { tasks, problems } = await discover(folder);
  expect([tasks.map(({ name }) => name), problems]).toEqual([["good"], []]);
  const other = makeProject({});
  symlinkSync("tasks", join(other, "tasks"));
  expect(await discover(other)).toMatchObject({ tasks: [], problems: [] });
});
