// Errors of handlers in an error tracker. Events are of this node only, so every process that works reports its own.
//
//   npm install belfry @sentry/node
//   node main.ts
//
// With Sentry: `import * as Sentry from "@sentry/node"`, `Sentry.init({ dsn })`, `reportFailures(belfry, Sentry)`.

import { createBelfry, defineTask } from "belfry";
import { reportFailures, type Tracker } from "./report.ts";

class CardDeclined extends Error {
  override readonly name = "CardDeclined";
}

const chargeCards = defineTask({
  name: "chargeCards",
  schedule: { every: "1h" },
  retries: 1,
  backoff: "50ms",
  handler: () => {
    throw new CardDeclined("the bank said no", { cause: new Error("insufficient funds") });
  },
});

/** Stands for the tracker: prints what it is told. */
const printer: Tracker = {
  captureException: (error, context) => {
    const isError = error instanceof Error;
    const told = isError ? { name: error.name, message: error.message, cause: String(error.cause) } : { error };
    console.log(JSON.stringify({ captured: { ...told, hasStack: isError && error.stack !== undefined, ...context } }));
  },
  addBreadcrumb: (breadcrumb) => console.log(JSON.stringify({ breadcrumb })),
};

const belfry = createBelfry({ store: process.env.BELFRY_STORE ?? "sqlite:belfry.db", tasks: [chargeCards] });
reportFailures(belfry, printer);
await belfry.start();
await belfry.task("chargeCards").run();

process.once("SIGTERM", async () => {
  // `stop()` waits for handlers; what they throw until then is still reported.
  await belfry.stop();
  console.log("stopped");
});
