import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mergeConfig, type ProjectFlags } from "../../src/cli/config.ts";
import { checkConfig } from "../../src/cli/project/config-file.ts";
import { discover } from "./support/discover.ts";
import { type Files, makeProject } from "./support/project.ts";

describe("the one order: flag, environment, file, default", () => {
  const file = {
    file: "/app/belfry.config.ts",
    ...checkConfig({
      store: "sqlite:file.db",
      host: "file",
      port: 3,
      tasksDir: "jobs",
      logLevel: "warn",
      stopGrace: "1s",
    }),
  };
  const environment = {
    BELFRY_STORE: "sqlite:env.db",
    BELFRY_HOST: "env",
    BELFRY_PORT: "2",
    BELFRY_LOG_LEVEL: "error",
  };
  const flags: ProjectFlags = { store: "sqlite:flag.db", host: "flag", port: "1", tasksDir: "mine", logLevel: "debug" };
  const merge = (given: ProjectFlags, env: Record<string, string>, from?: typeof file) =>
    mergeConfig({ cwd: "/here", environment: env }, given, "/app", from);

  const rows: [from: string, ReturnType<typeof merge>, expected: object][] = [
    [
      "flag",
      merge(flags, environment, file),
      {
        store: "sqlite:/here/flag.db",
        storeSource: "flag",
        host: "flag",
        port: 1,
        tasksDir: "/here/mine",
        logLevel: "debug",
      },
    ],
    [
      "environment",
      merge({}, environment, file),
      {
        store: "sqlite:/here/env.db",
        storeSource: "environment",
        host: "env",
        port: 2,
        tasksDir: "/app/jobs",
        logLevel: "error",
      },
    ],
    [
      "file",
      merge({}, {}, file),
      {
        store: "sqlite:/app/file.db",
        storeSource: "file",
        host: "file",
        port: 3,
        tasksDir: "/app/jobs",
        logLevel: "warn",
        options: { stopGrace: "1s" },
      },
    ],
    [
      "default",
      merge({}, {}),
      {
        store: "sqlite:/app/belfry.db",
        storeSource: "default",
        host: "127.0.0.1",
        port: 7411,
        tasksDir: "/app/tasks",
        logLevel: "info",
        options: {},
      },
    ],
    [
      "default, where a variable is empty",
      merge({}, { BELFRY_STORE: "", BELFRY_PORT: "" }),
      { storeSource: "default", port: 7411 },
    ],
  ];
  test.for(rows)("%s", ([, merged, expected]) => {
    expect(merged).toMatchObject(expected);
  });

  const stores: [given: string, store: string][] = [
    ["sqlite:a/b.db", "sqlite:/here/a/b.db"],
    ["sqlite:/var/b.db", "sqlite:/var/b.db"],
    ["sqlite:///var/b.db", "sqlite:///var/b.db"],
    ["postgres://u:p@h/d", "postgres://u:p@h/d"],
    ["nonsense", "nonsense"],
  ];
  test.for(stores)("store %s is %s", ([store, expected]) => {
    expect(merge({ store }, {}).store).toBe(expected);
  });

  const wrong: [ProjectFlags, Record<string, string>, message: RegExp][] = [
    [{ port: "x" }, {}, /^--port is "x"; expected a whole number from 0 to 65535$/],
    [{ port: "65536" }, {}, /^--port is "65536"/],
    [{}, { BELFRY_PORT: "-1" }, /^BELFRY_PORT is "-1"/],
    [{ logLevel: "loud" }, {}, /^--log-level is "loud"; expected "silent" or "fatal"/],
    [{}, { BELFRY_LOG_LEVEL: "INFO" }, /^BELFRY_LOG_LEVEL is "INFO"/],
  ];
  test.for(wrong)("%j %j is refused", ([given, env, message]) => {
    expect(() => merge(given, env)).toThrow(
      expect.objectContaining({ code: "E_OPTION", message: expect.stringMatching(message) }),
    );
  });
});

test("a config file is found by its name, with types left out; it may import", async () => {
  const folder = makeProject({
    "belfry.config.ts": [
      'import type { BelfryConfig } from "belfry";',
      'import { port } from "./lib/port.ts";',
      'export default { store: "sqlite:data/app.db", port, stopGrace: "5s", tasksDir: "jobs" } satisfies BelfryConfig;',
    ].join("\n"),
    "lib/port.ts": "export const port: number = 8123;",
    "jobs/a.ts": "export default () => {};",
  });
  const { config, tasks, seen } = await discover(folder);
  expect(config).toMatchObject({
    ...{ folder, file: join(folder, "belfry.config.ts"), store: `sqlite:${join(folder, "data/app.db")}`, port: 8123 },
    ...{ tasksDir: join(folder, "jobs"), options: ["stopGrace"] },
  });
  expect(tasks.map(({ name }) => name)).toEqual(["a"]);
  expect(seen.sort()).toEqual(["belfry.config.ts", "jobs/a.ts", "lib/port.ts"]);
});

test.for(["belfry.config.js", "belfry.config.mjs"])("%s is a config file", async (name) => {
  expect((await discover(makeProject({ [name]: "export default { port: 1 };" }))).config.port).toBe(1);
});

test("CommonJS is fine, where package.json says so", async () => {
  const folder = makeProject({ "package.json": "{}", "belfry.config.js": "module.exports = { port: 2 };" });
  expect((await discover(folder)).config.port).toBe(2);
});

test("--config names another file; its folder is the project's then", async () => {
  const folder = makeProject({ "deep/my.config.ts": "export default { port: 3 };", "belfry.config.ts": "throw 1;" });
  const { config } = await discover(folder, { flags: { config: "deep/my.config.ts" } });
  expect(config).toMatchObject({
    port: 3,
    folder: join(folder, "deep"),
    store: `sqlite:${join(folder, "deep/belfry.db")}`,
  });
  const other = await discover(folder, { flags: { config: "deep/my.config.ts", dir: "." } });
  expect(other.config).toMatchObject({ port: 3, folder });
});

test("config may bring tasks of its own", async () => {
  const folder = makeProject({
    "belfry.config.ts":
      'import { defineTask } from "belfry"; import { a } from "./tasks/a.ts";\nexport default { tasks: [a, defineTask({ name: "b", handler() {} })] };',
    "tasks/a.ts": 'import { defineTask } from "belfry"; export const a = defineTask({ name: "a", handler() {} });',
  });
  const { tasks, problems } = await discover(folder);
  expect([tasks.map(({ name }) => name), problems]).toEqual([["a", "b"], []]);
});

/** What is wrong, the files, and the error that names the file. */
const broken: [name: string, files: Files, error: RegExp, flags?: ProjectFlags][] = [
  [
    "an unknown key",
    { "belfry.config.ts": "export default { prot: 1 };" },
    /^E_CONFIG belfry\.config\.ts is wrong: prot is no option of belfry\.config \(did you mean "port"\?\)/,
  ],
  [
    "a key near one of createBelfry's",
    { "belfry.config.ts": "export default { stopgrace: '1s' };" },
    /did you mean "stopGrace"/,
  ],
  [
    "a wrong type",
    { "belfry.config.ts": 'export default { port: "80" };' },
    /^E_CONFIG belfry\.config\.ts is wrong: port is "80"; expected a whole number from 0 to 65535/,
  ],
  [
    "a wrong duration of createBelfry's",
    { "belfry.config.ts": "export default { lease: 5 };" },
    /^E_CONFIG belfry\.config\.ts is wrong: lease is 5/,
  ],
  ["a wrong log level", { "belfry.config.ts": 'export default { logLevel: "loud" };' }, /is wrong: logLevel is "loud"/],
  [
    "tasks that are none",
    { "belfry.config.ts": "export default { tasks: [{ name: 'a', handler() {} }] };" },
    /is wrong: tasks\[0\] is an object; expected what defineTask/,
  ],
  [
    "files that are no object",
    { "belfry.config.ts": "export default { files: [] };" },
    /is wrong: files is an array of 0/,
  ],
  [
    "an entry of files that is no object",
    { "belfry.config.ts": "export default { files: { a: 5 } };" },
    /is wrong: files\["a"\] is 5/,
  ],
  [
    "no default export",
    { "belfry.config.ts": "export const config = {};" },
    /^E_CONFIG belfry\.config\.ts has no default export/,
  ],
  [
    "a default export of another kind",
    { "belfry.config.ts": "export default () => ({});" },
    /^E_CONFIG belfry\.config\.ts has a function \(default\) as its default export/,
  ],
  [
    "a throw",
    { "belfry.config.ts": '\nthrow new Error("no secret");' },
    /^E_CONFIG belfry\.config\.ts:2 threw Error: no secret/,
  ],
  [
    "an enum",
    { "belfry.config.ts": "enum A { B }\nexport default {};" },
    /^E_CONFIG belfry\.config\.ts:1 TypeScript enum .*write a `const` object/,
  ],
  [
    "a path alias",
    { "belfry.config.ts": 'import { a } from "@/a";\nexport default { a };' },
    /^E_CONFIG belfry\.config\.ts:1 imports "@\/a", a path alias/,
  ],
  [
    "two config files",
    { "belfry.config.ts": "", "belfry.config.mjs": "" },
    /^E_CONFIG belfry\.config\.ts stands beside belfry\.config\.mjs; remove one of them/,
  ],
  ["a config that is not there", {}, /^E_CONFIG .*gone\.ts does not exist/, { config: "gone.ts" }],
];

describe("what is wrong with a config is told with its file:", () => {
  test.for(broken)("%s", async ([, files, error, flags]) => {
    expect((await discover(makeProject(files), { flags })).error).toMatch(error);
  });
});
