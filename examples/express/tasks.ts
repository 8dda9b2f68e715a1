import { setTimeout } from "node:timers/promises";
import { defineTask } from "belfry";

/** Runs when a route asks for it, with the order as its payload; and early every working day, without one, for the rest. */
export const sendInvoice = defineTask({
  name: "sendInvoice",
  schedule: { cron: "0 7 * * mon-fri", timezone: "Europe/Berlin" },
  retries: 3,
  handler: async (run) => {
    run.log("sending", { payload: run.payload });
    // Stands for the mail server. `run.key` would be its idempotency key: the same for every attempt of this run.
    await setTimeout(300, undefined, { signal: run.signal });
    return { sent: run.key };
  },
});
