import { defineTask } from "belfry";

const writeReport = defineTask({
  name: "writeReport",
  schedule: { cron: "0 6 * * mon", timezone: "Europe/Berlin" },
  handler: async (run) => {
    run.log("writing", { payload: run.payload });
    return { pages: 12 };
  },
});

export const tasks = [writeReport] as const;
