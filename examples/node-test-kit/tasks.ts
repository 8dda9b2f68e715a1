import { defineTask } from "belfry";

/** Writes the month's invoices on its last working day; once on demand, too. */
export const writeInvoices = defineTask({
  name: "writeInvoices",
  schedule: { cron: "0 18 LW * *", timezone: "Europe/Berlin" },
  handler: async (run) => {
    const due = run.scheduledFor ?? new Date(0);
    run.log("writing invoices", { month: due.toISOString().slice(0, 7) });
    return { month: due.getUTCMonth() + 1 };
  },
});
