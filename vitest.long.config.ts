import { defineConfig } from "vitest/config";

/** The suites that take minutes: `npm run test:long`, one file after the other. */
export default defineConfig({
  test: {
    include: ["packages/belfry/test/**/*.long.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 60_000,
    reporters: ["verbose", "./scripts/reporter.ts"],
  },
});
