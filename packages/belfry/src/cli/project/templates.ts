/** The first task, small and whole. */
const task = `import { defineTask } from "belfry";

/** What the handler uses of its run; a test passes an object of its own. */
interface HelloRun {
  readonly trigger: string;
  log(message: string): void;
}

/** The work, a plain function. What it returns is the run's result; what it throws fails the attempt. */
export async function sayHello(run: HelloRun): Promise<{ greeting: string }> {
  const greeting = \`Hello from a run by \${run.trigger}\`;
  run.log(greeting);
  return { greeting };
}

export const hello = defineTask({
  name: "hello",
  // Or a cron pattern: { cron: "0 9 * * 1-5", timezone: "Europe/Berlin" }
  schedule: { every: "5s" },
  // How often a failed attempt is tried again.
  retries: 2,
  handler: sayHello,
});
`;

const test = `import assert from "node:assert/strict";
import { test } from "node:test";
import { sayHello } from "../tasks/hello.ts";

test("hello says what asked for it", async () => {
  const lines: string[] = [];
  const run = { trigger: "manual", log: (message: string) => void lines.push(message) };
  assert.deepEqual(await sayHello(run), { greeting: "Hello from a run by manual" });
  assert.deepEqual(lines, ["Hello from a run by manual"]);
});
`;

/** The config, under the name that is looked for first. */
export const configFile = `import type { BelfryConfig } from "belfry";

// A flag comes before the environment (BELFRY_STORE, BELFRY_PORT…), the environment before this file.
export default {
  store: "sqlite:belfry.db",
  port: 7411,
} satisfies BelfryConfig;
`;

const gitignore = `node_modules/
belfry.db*
`;

/** Node leaves the types out and checks nothing: this is for editors, and for \`npx tsc\`. */
const tsconfig = `{
  "compilerOptions": {
    "target": "es2024",
    "module": "nodenext",
    "types": ["node"],
    "strict": true,
    "noEmit": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true,
    "allowImportingTsExtensions": true,
    "skipLibCheck": true
  },
  "include": ["belfry.config.ts", "tasks", "test"]
}
`;

/** The files of a first task, by path: it and its test belong together. */
export const taskFiles = { "tasks/hello.ts": task, "test/hello.test.ts": test } as const;

/** The files around it. */
export const projectFiles = { ".gitignore": gitignore, "tsconfig.json": tsconfig } as const;

/** What package.json says of a project. */
export const manifest = {
  private: true,
  type: "module",
  scripts: { dev: "belfry dev", start: "belfry start", test: "node --test" },
} as const;
