import { expect } from "vitest";
import { type Context, idsOf } from "../context.ts";
import { chainOf, firedOf, firingOf, rowOf, soon, toldOf } from "../timetable.ts";
import { dueTogether } from "./prepare.ts";
import { type Interleaving, race } from "./race.ts";

const laterMs = 3_600_000;

/** Schedules whose cursors lie ahead, each behind an instant that fired there. */
async function aheadTogether(c: Context, count: number) {
  const node = await c.node([]);
  const items = await dueTogether(c, count, { overlap: "allow" });
  return Promise.all(
    items.map(async ({ task, schedule }) => {
      const ahead = schedule.cursor + laterMs;
      const firing = firingOf(schedule, ahead, { wasDueAt: schedule.cursor });
      expect(toldOf((await c.store.ledger.fire(node.by(), [firing]))[0])).toEqual(["fired"]);
      return { task, node, ahead, firstRun: firing.runId, schedule: await rowOf(c, schedule) };
    }),
  );
}

export const rewinds: readonly Interleaving[] = [
  race({
    title: "fire × rewind: an instant ahead is decided before the rewinding, which takes it back, or not at all",
    prepare: aheadTogether,
    left: (c, { schedule, ahead, node }) =>
      c.store.ledger.fire(node.by(), [firingOf(schedule, ahead + 1, { wasDueAt: schedule.since })]),
    right: (c, { schedule: { id, version } }) => {
      const draftedAt = c.other.now();
      const next = soon(draftedAt + laterMs);
      return c.other.schedules.amend([{ scheduleId: id, version, kind: "rewind", draftedAt, ...next }]);
    },
    check: async (c, { task, schedule, firstRun, ahead, node }, [left], [right], first) => {
      const run = firedOf(left)?.trackingId;
      if (!run) expect(toldOf(left)).toEqual(["stale"]);
      if (first) expect(run !== undefined).toBe(first === "left");
      expect(right?.outcome).toBe("amended");
      const row = await rowOf(c, schedule);
      expect(row.version).toBeGreaterThan(schedule.version);
      expect(row.cursor).toBeLessThanOrEqual(c.store.now());
      const made = run ? [firstRun, run] : [firstRun];
      // Decided again, every instant is in the ledger once, and none has a second run.
      const again = firingOf(row, ahead, { wasDueAt: row.cursor });
      const next = firingOf({ ...row, cursor: ahead }, ahead + 1, { wasDueAt: row.cursor });
      const answers = await c.store.ledger.fire(node.by(), [again, next]);
      expect(answers.map((answer) => firedOf(answer)?.trackingId)).toEqual([firstRun, run ?? next.runId]);
      const fired = (await chainOf(c, schedule)).filter(({ decision }) => decision === "fired");
      expect(fired.map(({ upTo }) => upTo)).toEqual([ahead, ahead + 1]);
      const { items } = await c.store.runs.list({ task: task.name, limit: 10 });
      expect(new Set(idsOf(items))).toEqual(new Set([...made, run ?? next.runId]));
    },
  }),
];
