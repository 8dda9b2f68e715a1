import { expect } from "vitest";
import type { DecidedLink, Firing } from "../../../src/store/ledger.ts";
import { type Case, example } from "../cases.ts";
import { claimedRuns, freshId, longDelayMs } from "../context.ts";
import {
  chainOf,
  decided,
  decisionsOf,
  fired,
  fireOne,
  firingOf,
  missingOf,
  rowOf,
  type Timetable,
  timetable,
  toldOf,
} from "../timetable.ts";

/** A decision of these links, as far as the last of them. */
function firingWith({ schedule }: Pick<Timetable, "schedule">, links: readonly DecidedLink[]): Firing {
  const ends = links.map((link) => ("instant" in link ? link.instant : link.upTo));
  const newCursor = ends.at(-1) ?? schedule.cursor;
  return { ...missingOf(schedule, newCursor), links };
}

export const links: readonly Case[] = [
  example("records each span with its reason, and answers each link in its place", async (c) => {
    const times = await timetable(c, { overlap: "allow" });
    const [first, second, third, fourth] = times.instants;
    const runId = freshId();
    const firing = firingWith(times, [
      { after: times.schedule.cursor, upTo: first, reason: "paused" },
      { after: first, upTo: second, reason: "skipped" },
      { after: second, upTo: third, reason: "missed" },
      { instant: fourth, runId },
    ]);
    expect(await fireOne(c.store, (await c.node([])).by(), firing)).toEqual(
      decided(
        ...(["paused", "skipped", "missed"] as const).map((decision) => ({ decision })),
        ...[{ decision: "fired" as const, trackingId: runId }],
      ),
    );
    const expected = [
      ["paused", first],
      ["skipped", second],
      ["missed", third],
      ["fired", fourth],
    ];
    expect(decisionsOf(await chainOf(c, times.schedule, c.other))).toEqual(expected);
  }),
  example("records a schedule that cannot be read as invalid, and it is never due again", async (c) => {
    const times = await timetable(c, { spec: "not JSON" });
    const firing = { ...missingOf(times.schedule, times.instants[0], "invalid"), next: undefined };
    expect(await fireOne(c.store, (await c.node([])).by(), firing)).toEqual(decided({ decision: "invalid" }));
    expect(decisionsOf(await chainOf(c, times.schedule))).toEqual([["invalid", times.instants[0]]]);
    expect(await rowOf(c, times.schedule)).toMatchObject({ spec: "not JSON", cursor: times.instants[0] });
    expect((await rowOf(c, times.schedule)).nextAt).toBeUndefined();
    expect(await c.other.schedules.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
  }),
  example("fires several instants of one decision, each by the overlap rule", async (c) => {
    for (const [overlap, told] of [
      ["allow", ["fired", "fired", "fired"]],
      ["skip", ["fired", "overlap", "overlap"]],
      ["bufferOne", ["fired", "held", "bufferFull"]],
      ["bufferAll", ["fired", "held", "held"]],
      ["cancelOther", ["fired", "fired", "fired"]],
    ] as const) {
      const times = await timetable(c, { overlap });
      const instants = times.instants.slice(0, 3);
      const firing = firingWith(
        times,
        instants.map((instant) => ({ instant, runId: freshId() })),
      );
      expect(toldOf(await fireOne(c.other, (await c.node([])).by(), firing))).toEqual(told);
      expect((await chainOf(c, times.schedule)).at(-1)?.upTo).toBe(instants[2]);
      expect((await rowOf(c, times.schedule)).cursor).toBe(instants[2]);
    }
  }),
  example(
    "queued: caught-up instants go one after the other, whatever overlap says, each not before its time",
    async (c) => {
      for (const overlap of ["allow", "skip", "bufferOne", "cancelOther"] as const) {
        const times = await timetable(c, { overlap });
        const node = await c.node([times.task]);
        const ids = [freshId(), freshId(), freshId()] as const;
        const delays = [0, longDelayMs, 0];
        const firing = firingWith(
          times,
          ids.map((runId, index) => {
            return { instant: times.instants[index] ?? 0, runId, queued: { delayMs: delays[index] ?? 0 } };
          }),
        );
        const answer = await fireOne(c.store, node.by(), firing);
        expect(toldOf(answer)).toEqual(["fired", "held", "held"]);
        const rows = await c.store.runs.get(ids);
        expect(rows.map((run) => run?.state)).toEqual(["running", "held", "held"]);
        expect(rows.map((run) => (run?.availableAt ?? 0) - (run?.triggeredAt ?? 0))).toEqual(delays);
        const { runs } = await c.store.runs.held(node.epoch);
        await c.complete(runs[0] ?? { id: "", token: 0 });
        expect((await c.store.runs.get(ids)).map((run) => run?.state)).toEqual(["completed", "delayed", "held"]);
        await c.store.runs.cancel([{ id: ids[1] }]);
        expect(claimedRuns(await c.other.runs.claim(node.by())).map(({ id }) => id)).toEqual([ids[2]]);
      }
    },
  ),
  example(
    "queued: waits for an earlier run also where overlap is allow, and for its time where there is none",
    async (c) => {
      const [busy, free] = [await timetable(c, { overlap: "allow" }), await timetable(c, { overlap: "skip" })];
      const earlier = await fired(c, busy.schedule, busy.instants[0]);
      const queued = { delayMs: longDelayMs };
      const firings = [
        firingOf(await rowOf(c, busy.schedule), busy.instants[1], { queued }),
        firingOf(free.schedule, free.instants[0], { queued }),
      ];
      const answers = await c.store.ledger.fire((await c.node([])).by(), firings);
      expect(answers.map(toldOf)).toEqual([["held"], ["fired"]]);
      const states = async () => (await c.other.runs.get(firings.map(({ runId }) => runId))).map((run) => run?.state);
      expect(await states()).toEqual(["held", "delayed"]);
      const later = await fired(c, busy.schedule, busy.instants[2]);
      await c.store.runs.cancel([{ id: earlier }]);
      expect(await states()).toEqual(["delayed", "delayed"]);
      expect((await c.get(later)).state).toBe("ready");
    },
  ),
  example("decides the instants of a task that is no longer defined as removed, until it is again", async (c) => {
    const { task, schedule, instants } = await timetable(c);
    const definition = { ...schedule, key: "put", spec: "{}", nextAt: undefined, dueAt: undefined };
    await c.store.schedules.put([{ taskId: task.id, definition, draftedAt: 0 }]);
    const [put] = (await c.schedules()).filter(({ key }) => key === "put");
    if (!put) throw new Error("it was put");
    await c.deploy(task.app, [], [{ scheduleId: schedule.id, version: schedule.version, cursor: schedule.cursor }]);
    const node = await c.node([task]);
    await c.pass(put.cursor + 3);
    const firing = firingOf(put, put.cursor + 2, { missedUpTo: put.cursor + 1 });
    const removed = { decision: "removed" } as const;
    expect(await fireOne(c.store, node.by(), firing)).toEqual(decided(removed, removed));
    expect(decisionsOf(await chainOf(c, put))).toEqual([["removed", put.cursor + 2]]);
    await c.deploy(task.app, [{ name: task.name }]);
    expect(await fired(c, put, put.cursor + 3)).toBeTypeOf("string");
    expect((await chainOf(c, schedule)).at(-1)?.upTo).toBeGreaterThanOrEqual(instants[3]);
  }),
];
