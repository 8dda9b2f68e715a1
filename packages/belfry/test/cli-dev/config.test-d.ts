import { expectTypeOf, test } from "vitest";
import { type BelfryConfig, defineTask } from "../../src/index.ts";

test("what a config may say", () => {
  const config = {
    ...{
      store: "sqlite:belfry.db",
      tasksDir: "jobs",
      host: "127.0.0.1",
      port: 7411,
      logLevel: "debug",
      stopGrace: "5s",
    },
    tasks: [defineTask({ name: "a", handler() {} })],
    files: {
      bill: { name: "billOnDemand", schedule: { cron: "0 2 * * *", timezone: "Europe/Berlin" }, retries: 3 },
      "clean.js": {
        schedule: [
          { key: "a", every: "15m" },
          { key: "b", at: new Date(0), payload: { x: 1 } },
        ],
      },
    },
  } satisfies BelfryConfig;
  expectTypeOf(config.port).toBeNumber();
});

test("what it may not", () => {
  // @ts-expect-error: no number
  ({ port: "7411" }) satisfies BelfryConfig;
  // @ts-expect-error: misspelt
  ({ prot: 7411 }) satisfies BelfryConfig;
  // @ts-expect-error: no level
  ({ logLevel: "loud" }) satisfies BelfryConfig;
  // @ts-expect-error: the file has the handler
  ({ files: { a: { handler() {} } } }) satisfies BelfryConfig;
});
