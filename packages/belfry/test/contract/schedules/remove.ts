import { expect } from "vitest";
import { type Cases, example } from "../cases.ts";
import { freshId } from "../context.ts";
import { chainOf, decisionsOf, fired, fireOne, firingOf, rowOf, timetable, toldOf } from "../timetable.ts";
import { later, putOne, putTimetable, standing } from "./made.ts";

const itemOf = ({ id }: { id: string }, key = "default") => ({ taskId: id, key });

export const remove: Cases = [
  example(
    "removes what was made at run time: what was due is removed; its ledger and runs stay, and are listed",
    async (c) => {
      const { task, schedule, instants } = await putTimetable(c);
      const run = await fired(c, schedule, instants[0]);
      const row = await rowOf(c, schedule);
      expect(await c.other.schedules.remove([itemOf(task)])).toEqual([{ outcome: "removed", runs: [run] }]);
      expect(await c.schedules()).toEqual([]);
      expect(await c.store.schedules.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
      expect(await c.store.schedules.nextAfter(0)).toBeUndefined();
      const chain = await chainOf(c, schedule);
      expect(chain.map(({ decision }) => decision)).toEqual(["fired", "removed"]);
      expect(chain.at(-1)?.upTo).toBeGreaterThanOrEqual(instants[3]);
      expect((await c.get(run)).state).toBe("ready");
      const armed = firingOf(row, instants[1]);
      expect(toldOf(await fireOne(c.store, (await c.node([])).by(), armed))).toEqual(["stale"]);
    },
  ),
  example("removes what the code does not define only, each in its place, once", async (c) => {
    const { task } = await timetable(c);
    await putOne(c, task, { key: "put" });
    const items = [
      itemOf(task, "put"),
      itemOf(task),
      itemOf(task, "Put"),
      itemOf({ id: freshId() }),
      itemOf(task, "put"),
    ];
    expect((await c.store.schedules.remove(items)).map(({ outcome }) => outcome)).toEqual([
      ...["removed", "code", "unknown", "unknown", "unknown"],
    ]);
    expect((await c.schedules(task.app)).map(({ key }) => key)).toEqual(["default"]);
    expect(await c.store.schedules.remove([])).toEqual([]);
  }),
  example("removes one whose task is no longer defined", async (c) => {
    const { task, schedule } = await putTimetable(c);
    await c.deploy(task.app, []);
    expect(await c.schedules()).toEqual([schedule]);
    expect((await c.store.schedules.remove([itemOf(task)])).map(({ outcome }) => outcome)).toEqual(["removed"]);
  }),
  example("what waits behind the last runs of a removed schedule goes on", async (c) => {
    const { task, schedule, instants } = await putTimetable(c, { overlap: "bufferAll" });
    const ids = [await fired(c, schedule, instants[0]), await fired(c, schedule, instants[1])];
    expect(await c.store.schedules.remove([itemOf(task)])).toEqual([{ outcome: "removed", runs: ids }]);
    await c.store.runs.cancel([{ id: ids[0] ?? "" }]);
    expect(await c.get(ids[1] ?? "")).toMatchObject({ state: "ready" });
  }),
  example("a schedule that comes back starts at now without pause or skip, and goes on with its chain", async (c) => {
    const { task, schedule, instants } = await putTimetable(c);
    const run = await fired(c, schedule, instants[0]);
    const { id: scheduleId, version } = await rowOf(c, schedule);
    await c.store.schedules.amend([{ scheduleId, version, kind: "pause", pause: {} }]);
    const paused = await rowOf(c, schedule);
    await c.store.schedules.amend([{ scheduleId, version: paused.version, kind: "skip", until: later(c) }]);
    const before = await rowOf(c, schedule);
    await c.store.schedules.remove([itemOf(task)]);
    await c.pass((await chainOf(c, schedule)).at(-1)?.upTo ?? 0);
    const answer = standing(await putOne(c, task, { nextAt: later(c) }));
    expect(answer).toMatchObject({ outcome: "created", runs: [run], row: { id: schedule.id, failures: 0 } });
    expect([answer.row.pause, answer.row.skipUntil, answer.row.removed]).toEqual([undefined, undefined, undefined]);
    expect(answer.row.version).toBeGreaterThan(before.version);
    expect(decisionsOf(await chainOf(c, schedule))).toEqual([
      ["fired", instants[0]],
      ["removed", answer.row.cursor],
    ]);
  }),
];
