import type { BelfryApi } from "../api/api.ts";

/** What flags and arguments are called that name something of a store. */
export type Names = keyof typeof namesOf;

const namesMax = 1_000;

/** Whether a flag or an argument of this name names something of a store. */
export function isName(name: string): name is Names {
  return Object.hasOwn(namesOf, name);
}

/** The names of each kind that there are, the first 1,000; `task` is what the command line names. */
export const namesOf = {
  task: (api: BelfryApi) => taskNames(api),
  schedule: scheduleKeys,
  key: scheduleKeys,
  async backfill(api: BelfryApi): Promise<string[]> {
    const { items } = await api.backfills.list({ limit: namesMax });
    return items.map(({ id }) => id);
  },
} as const;

async function taskNames(api: BelfryApi): Promise<string[]> {
  const { items } = await api.tasks.list({ limit: namesMax });
  return items.map(({ name }) => name);
}

async function scheduleKeys(api: BelfryApi, task: string | undefined): Promise<string[]> {
  if (task === undefined) return [];
  const { items } = await api.schedules.list({ task, limit: namesMax });
  return items.map(({ key }) => key);
}
