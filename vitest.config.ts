import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const packageTests = "packages/belfry/test";
const source = fileURLToPath(new URL("packages/belfry/src/index.ts", import.meta.url));
const client = fileURLToPath(new URL("packages/belfry/src/client/index.ts", import.meta.url));
const testing = fileURLToPath(new URL("packages/belfry/src/testing/index.ts", import.meta.url));

/** Each folder under the package's tests is a project of its own: `npm test -- --project=contract`. */
const folders = readdirSync(new URL(packageTests, import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => ({ name: entry.name, include: [`${packageTests}/${entry.name}/**/*.test.ts`] }));

const projects = [
  { name: "unit", include: ["packages/belfry/src/**/*.test.ts", `${packageTests}/*.test.ts`] },
  { name: "workspace", include: ["scripts/**/*.test.ts", "bench/**/*.test.ts", "examples/**/*.test.ts"] },
  ...folders,
];

export default defineConfig({
  // Examples import the package as its users do, or by the name that the original's apps use.
  resolve: {
    alias: [
      { find: /^belfry\/client$/, replacement: client },
      { find: /^belfry\/testing$/, replacement: testing },
      { find: /^(belfry|@agnost\/server)$/, replacement: source },
    ],
  },
  test: {
    pool: "forks",
    // V8 may abort a process that ends threads while others compile, where the processor has protection keys (nodejs/node#64500).
    execArgv: ["--no-memory-protection-keys"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ["default", "./scripts/reporter.ts"],
    projects: projects.map((test) => ({ extends: true, test })),
  },
});
