import type { BelfryApi } from "../../../src/api/api.ts";
import type { HeldAttempt, Job } from "./jobs.ts";

/** The ledger of a task's schedule: `12:15 fired`, or `12:00-12:15 missed`; of another day than the fifth, that too. */
export async function chain(
  { belfry }: { readonly belfry: Pick<BelfryApi, "schedules"> },
  name = "job",
  key = "default",
): Promise<string[]> {
  const { items } = await belfry.schedules.firings(name, key, { limit: 1_000 });
  return items.map(({ instant, upTo, decision }) => `${clock(instant)}${upTo ? `-${clock(upTo)}` : ""} ${decision}`);
}

function clock(iso: string): string {
  const day = iso.slice(8, 10);
  return `${day === "05" ? "" : `${day}th `}${iso.slice(11, 16)}`;
}

/** For which instants a job's attempts were started, in that order. */
export function instants(job: Job): (string | undefined)[] {
  return job.attempts.map(({ run }) => run.scheduledFor && clock(run.scheduledFor.toISOString()));
}

/** Ends the attempts that there are, and those that follow, one after the other, as long as `next` brings more. */
export async function completeAll(job: Job, next: () => Promise<void>): Promise<void> {
  for (let done = 0; done < job.attempts.length; done++) {
    (job.attempts[done] as HeldAttempt).complete();
    await next();
  }
}
