import { expect } from "vitest";
import type { Overlap } from "../../../src/schedule/overlap.ts";
import { type Case, example } from "../cases.ts";
import { type Context, failureOf, longDelayMs, newRun } from "../context.ts";
import {
  chainOf,
  decisionsOf,
  fired,
  fireOne,
  firingOf,
  rowOf,
  soon,
  type Timetable,
  timetable,
  toldOf,
  tryFire,
} from "../timetable.ts";

const states = ["ready", "running", "waiting for its retry", "ready, and another held"] as const;

/** A schedule with an earlier run in this state; its third and fourth instants are undecided. */
async function earlier(c: Context, overlap: Overlap, state: (typeof states)[number]): Promise<Timetable> {
  const times = await timetable(c, { overlap });
  const { task, schedule, instants } = times;
  const id = await fired(c, schedule, instants[0]);
  if (state === "ready") return times;
  if (state === "ready, and another held") {
    const firing = firingOf(await rowOf(c, schedule), instants[1], { queued: { delayMs: 0 } });
    expect(toldOf(await fireOne(c.store, (await c.node([])).by(), firing))).toEqual(["held"]);
    return times;
  }
  const [run] = await (await c.node([task])).claim();
  if (state === "running") return times;
  await c.finish({ id, token: run?.token ?? 0, event: "retry", error: failureOf(), delayMs: longDelayMs });
  return times;
}

/** What becomes of the next instant while the earlier run is in each of the states. */
const expectations: Readonly<Record<Overlap, readonly [string, string, string, string]>> = {
  skip: ["overlap", "overlap", "overlap", "overlap"],
  bufferOne: ["held", "held", "held", "bufferFull"],
  bufferAll: ["held", "held", "held", "held"],
  cancelOther: ["fired", "held", "fired", "fired"],
  allow: ["fired", "fired", "fired", "fired"],
};

const kinds = Object.keys(expectations) as Overlap[];

const everyState = kinds.map((overlap) =>
  example(`${overlap}: is judged by an earlier run that is ready, runs, waits for its retry, or is held`, async (c) => {
    for (const [index, state] of states.entries()) {
      const { schedule, instants } = await earlier(c, overlap, state);
      const expected = expectations[overlap][index];
      expect([state, await tryFire(c, schedule, instants[2])]).toEqual([state, expected]);
      const { decision, upTo } = (await chainOf(c, schedule)).at(-1) ?? {};
      expect([decision, upTo]).toEqual([expected === "held" ? "fired" : expected, instants[2]]);
      expect((await rowOf(c, schedule)).cursor).toBe(instants[2]);
    }
  }),
);

const only = (overlap: Overlap) =>
  example(
    `${overlap}: judges by what the schedule fired, not by triggers, retries by hand, or other schedules`,
    async (c) => {
      const { task, schedule, instants } = await timetable(c, { overlap });
      const other = await timetable(c, { overlap });
      await c.insert(task);
      await fired(c, other.schedule, other.instants[0]);
      const id = await fired(c, schedule, instants[0]);
      await c.store.runs.cancel([{ id }]);
      const points = { retryOf: id, scheduleKey: "default", scheduledFor: instants[0] };
      await c.store.runs.insert([newRun(task, { trigger: "retry", ...points })]);
      expect(await tryFire(c, schedule, instants[1])).toBe("fired");
    },
  );

export const overlap = [
  ...everyState,
  ...kinds.map(only),
  example(
    "skip: an instant does not fire while an earlier run of the schedule is unfinished, whatever it waits for",
    async (c) => {
      const { task, schedule, instants } = await timetable(c, { overlap: "skip" });
      const node = await c.node([task]);
      const id = await fired(c, schedule, instants[0]);
      expect(await tryFire(c, schedule, instants[1])).toBe("overlap");
      const [run] = await node.claim();
      expect(run?.id).toBe(id);
      expect(await tryFire(c, schedule, instants[2])).toBe("overlap");
      await c.finish({ id, token: run?.token ?? 0, event: "retry", error: failureOf(), delayMs: longDelayMs });
      expect(await tryFire(c, schedule, instants[3])).toBe("overlap");
      expect(await chainOf(c, schedule)).toMatchObject([
        { decision: "fired", upTo: instants[0] },
        { decision: "overlap", after: instants[0], upTo: instants[3] },
      ]);
      expect(await rowOf(c, schedule)).toMatchObject({ cursor: instants[3], ...soon(instants[3] + 1) });
      expect((await c.store.runs.list({ limit: 10 })).items).toHaveLength(1);
      await c.store.runs.cancel([{ id }]);
      await c.pass(instants[3] + 1);
      expect(await tryFire(c, schedule, instants[3] + 1)).toBe("fired");
    },
  ),
  example("skip: an instant fires when the earlier run has ended, however it ended", async (c) => {
    const { task, schedule, instants } = await timetable(c, { overlap: "skip" });
    const node = await c.node([task]);
    for (const [index, event] of (["complete", "fail", "cancel"] as const).entries()) {
      const id = await fired(c, schedule, instants[index] ?? 0);
      if (event === "cancel") await c.store.runs.cancel([{ id }]);
      else {
        const [run] = await node.claim();
        const token = run?.token ?? 0;
        await c.finish(event === "fail" ? { id, token, event, error: failureOf() } : { id, token, event });
      }
    }
    expect((await chainOf(c, schedule)).map(({ decision }) => decision)).toEqual(["fired", "fired", "fired"]);
  }),
  example("skip: records the skip behind what was missed", async (c) => {
    const { schedule, instants } = await timetable(c, { overlap: "skip" });
    await fired(c, schedule, instants[0]);
    const row = await rowOf(c, schedule);
    const firing = firingOf(row, instants[3], { missedUpTo: instants[2] });
    expect(toldOf(await fireOne(c.store, (await c.node([])).by(), firing))).toEqual(["missed", "overlap"]);
    const decisions = decisionsOf(await chainOf(c, schedule));
    expect(decisions).toEqual([
      ["fired", instants[0]],
      ["missed", instants[2]],
      ["overlap", instants[3]],
    ]);
    expect(await c.store.runs.get([firing.runId])).toEqual([undefined]);
  }),
  example("allow: every instant fires", async (c) => {
    const { schedule, instants } = await timetable(c, { overlap: "allow" });
    for (const instant of instants) await fired(c, schedule, instant);
    expect(decisionsOf(await chainOf(c, schedule))).toEqual(instants.map((instant) => ["fired", instant]));
    expect(
      (await c.store.runs.list({ trigger: "schedule", limit: 10 })).items.map(({ scheduledFor }) => scheduledFor),
    ).toEqual([...instants].reverse());
  }),
] satisfies readonly Case[];
