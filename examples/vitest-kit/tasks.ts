import { defineTask } from "belfry";

/** What the tasks reach outside of themselves; a test gives its own. */
export interface Shop {
  /** Charges the subscriptions that are due, once for a key; throws where the bank does not answer. */
  charge(key: string): Promise<number>;
  /** Waits: for real in the app, in virtual time in a test. */
  sleep(duration: string, options?: { signal?: AbortSignal }): Promise<void>;
}

/** The tasks of a shop. */
export function tasksOf(shop: Shop) {
  return [
    defineTask({
      name: "chargeSubscriptions",
      schedule: { cron: "30 2 * * *", timezone: "Europe/Berlin" },
      retries: 3,
      backoff: "10m",
      handler: async (run) => ({ charged: await shop.charge(run.key) }),
    }),
    defineTask({
      name: "syncStock",
      schedule: { every: "15m" },
      timeout: "10m",
      handler: async (run) => shop.sleep("20m", { signal: run.signal }),
    }),
  ] as const;
}
