import { expect } from "vitest";
import { type Context, freshId, idsOf, newRun, scheduleOf, taskOf } from "../context.ts";
import { settlementOf } from "../timetable.ts";
import { dueApart } from "./prepare.ts";
import { type Interleaving, race } from "./race.ts";

/** One set, as each of two nodes computes it: the same names, other ids. */
function setOf(app: string, digest: string) {
  const tasks = ["a", "b"].map((name) => taskOf({ name: `${app}-${name}`, newId: freshId(), schedules: [{}] }));
  return { app, digest, draftedAt: 0, tasks, settle: [] };
}

const newApps = async (_: Context, rounds: number) => Array.from({ length: rounds }, () => `race-${freshId()}`);

export const definitions: readonly Interleaving[] = [
  race({
    title: "deploy × deploy: a name has one id, whoever saw it first",
    prepare: newApps,
    left: (c, app) => c.store.tasks.apply(setOf(app, "1")),
    right: (c, app) => c.other.tasks.apply(setOf(app, "1")),
    check: async (c, app, left, right) => {
      if (left.outcome !== "applied" || right.outcome !== "applied")
        throw new Error(`${left.outcome}, ${right.outcome}`);
      expect(idsOf(left.tasks).sort()).toEqual(idsOf(right.tasks).sort());
      const schedules = await c.schedules(app);
      expect(schedules.map(({ taskId }) => taskId).sort()).toEqual(idsOf(left.tasks).sort());
    },
  }),
  race({
    title: "deploy × deploy: of two apps one gets a name",
    prepare: newApps,
    left: (c, name) =>
      c.store.tasks.apply({ app: `${name}-left`, digest: "1", draftedAt: 0, tasks: [taskOf({ name })], settle: [] }),
    right: (c, name) =>
      c.other.tasks.apply({
        app: `${name}-right`,
        digest: "1",
        draftedAt: 0,
        tasks: [taskOf({ name: name.toUpperCase() })],
        settle: [],
      }),
    check: async (c, name, left, right, first) => {
      expect([left.outcome, right.outcome].sort()).toEqual(["applied", "duplicate"]);
      if (first) expect((first === "left" ? left : right).outcome).toBe("applied");
      const digests = [await c.digest(`${name}-left`), await c.digest(`${name}-right`)];
      expect(digests).toEqual(left.outcome === "applied" ? ["1", undefined] : [undefined, "1"]);
    },
  }),
  race({
    title: "deploy × deploy: two changes of one schedule are not both computed from the same state",
    prepare: dueApart,
    left: (c, { task, schedule }) => {
      const tasks = [taskOf({ ...task, schedules: [scheduleOf({ spec: '"left"' })] })];
      return c.store.tasks.apply({
        app: task.app,
        digest: "left",
        draftedAt: 0,
        tasks,
        settle: [settlementOf(schedule)],
      });
    },
    right: (c, { task, schedule }) => {
      const tasks = [taskOf({ ...task, schedules: [scheduleOf({ spec: '"right"' })] })];
      return c.other.tasks.apply({
        app: task.app,
        digest: "right",
        draftedAt: 0,
        tasks,
        settle: [settlementOf(schedule)],
      });
    },
    check: async (c, { task }, left, right, first) => {
      expect([left.outcome, right.outcome].sort()).toEqual(["applied", "stale"]);
      if (first) expect((first === "left" ? left : right).outcome).toBe("applied");
      const winner = left.outcome === "applied" ? "left" : "right";
      expect((await c.schedules(task.app)).map(({ spec }) => spec)).toEqual([JSON.stringify(winner)]);
      expect(await c.digest(task.app)).toBe(winner);
    },
  }),
  race({
    title: "deploy × trigger: a run is refused, or kept though its task goes",
    prepare: async (c, rounds) => {
      const apps = await newApps(c, rounds);
      const tasks = await Promise.all(apps.map((app) => c.deploy(app, [{}])));
      return tasks.flat().map((task) => ({ task, run: newRun(task) }));
    },
    left: (c, { task }) => c.store.tasks.apply({ app: task.app, digest: "none", draftedAt: 0, tasks: [], settle: [] }),
    right: (c, { run }) => c.other.runs.insert([run]),
    check: async (c, { run }, left, [right], first) => {
      expect(left.outcome).toBe("applied");
      if (first) expect(right?.outcome).toBe(first === "left" ? "unknownTask" : "created");
      expect(["created", "unknownTask"]).toContain(right?.outcome);
      const [row] = await c.store.runs.get([run.id]);
      expect(row?.state).toBe(right?.outcome === "created" ? "ready" : undefined);
    },
  }),
];
