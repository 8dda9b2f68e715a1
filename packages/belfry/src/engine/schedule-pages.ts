import { limits } from "../base/limits.ts";
import type { PastSchedule, ScheduleQuery, ScheduleRow } from "../store/schedules.ts";
import type { Store } from "../store/store.ts";

/** All schedules that are asked for, a page at a time, each with what time it was before it was read. */
export async function* schedulePages(
  store: Store,
  query: Omit<ScheduleQuery, "after" | "limit">,
): AsyncGenerator<{ rows: ScheduleRow[]; now: number }> {
  const limit = limits.schedulesPerCommitMax;
  let after: ScheduleQuery["after"];
  for (;;) {
    const now = store.now();
    const rows = await store.schedules.list({ ...query, limit, ...(after ? { after } : {}) });
    yield { rows, now };
    const last = rows.at(-1);
    if (rows.length < limit || !last) return;
    after = { task: last.task, key: last.key };
  }
}

/** All definitions that a schedule had before, with an instant in (from, to]. */
export async function pastOf(store: Store, scheduleId: number, from: number, to: number): Promise<PastSchedule[]> {
  const limit = limits.schedulesPerCommitMax;
  const past: PastSchedule[] = [];
  for (let after = from; ; ) {
    const some = await store.schedules.past(scheduleId, { from: after, to, limit });
    past.push(...some);
    const last = some.at(-1);
    if (some.length < limit || !last) return past;
    after = last.upTo;
  }
}
