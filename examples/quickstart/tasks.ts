import { defineTask } from "belfry";

/** The task that the tour triggers by hand; nightly it runs by itself. */
export const billOnDemand = defineTask({
  name: "billOnDemand",
  schedule: { cron: "0 2 * * *", timezone: "Europe/Berlin" },
  handler: async (run) => {
    run.log("billing", { for: run.key });
    return { invoices: 3 };
  },
});

/** Fails twice, and is tried again after a wait that doubles. */
export const flakyImport = defineTask({
  name: "flakyImport",
  schedule: { every: "7s" },
  retries: 3,
  backoff: "500ms",
  handler: async (run) => {
    if (run.attempt < 3) throw new Error(`the other side did not answer (attempt ${run.attempt})`);
    return "imported";
  },
});

/** Runs every few seconds, and tells how far it is. */
export const cleanUp = defineTask({
  name: "cleanUp",
  schedule: { every: "3s" },
  handler: async (run) => {
    const folders = ["cache", "uploads", "reports"];
    for (const [index, folder] of folders.entries()) {
      run.log(`cleaning ${folder}`);
      run.progress((index + 1) / folders.length, folder);
    }
    return { folders: folders.length };
  },
});
