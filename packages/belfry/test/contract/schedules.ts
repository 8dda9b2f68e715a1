import { expect } from "vitest";
import type { ScheduleStore } from "../../src/store/schedules.ts";
import { type CasesOf, example } from "./cases.ts";
import { type Context, onlyOf } from "./context.ts";
import { fireOne, firingOf, timetable } from "./timetable.ts";

/** Two apps with five schedules whose next instants, from now, are these; one is never due. */
async function fiveSchedules(c: Context) {
  const at = c.store.now() + 3_600_000;
  const [b, a] = await c.deploy("one", [
    {
      name: "b",
      schedules: [
        { key: "y", nextAt: at + 20 },
        { key: "x", nextAt: at + 10 },
      ],
    },
    { name: "a", schedules: [{ nextAt: at + 10 }, { key: "never" }] },
  ]);
  const [d] = await c.deploy("two", [{ name: "d", schedules: [{ nextAt: at }] }]);
  if (!a || !b || !d) throw new Error("three tasks were deployed");
  return { a, b, d, at };
}

export const schedules: CasesOf<ScheduleStore> = {
  due: [
    example(
      "gives those whose next instant is at or before the given one, soonest first, by id among equals",
      async (c) => {
        const { at } = await fiveSchedules(c);
        const due = async (upTo: number, limit = 10) =>
          (await c.other.schedules.due(upTo, limit)).map(({ task, key }) => `${task}/${key}`);
        const equals = (await c.store.schedules.list("one"))
          .filter(({ nextAt }) => nextAt === at + 10)
          .sort((x, y) => x.id - y.id);
        const middle = equals.map(({ task, key }) => `${task}/${key}`);
        expect(middle).toHaveLength(2);
        expect(await due(at - 1)).toEqual([]);
        expect(await due(at)).toEqual(["d/default"]);
        expect(await due(at + 10)).toEqual(["d/default", ...middle]);
        expect(await due(at + 1_000)).toEqual(["d/default", ...middle, "b/y"]);
        expect(await due(at + 1_000, 2)).toEqual(["d/default", middle[0]]);
      },
    ),
    example("gives whole rows, as list does", async (c) => {
      const { d, at } = await fiveSchedules(c);
      const [row] = await c.store.schedules.due(at, 10);
      expect(row).toEqual(onlyOf(await c.other.schedules.list(), d));
    }),
    example("follows the cursor", async (c) => {
      const { schedule, instants } = await timetable(c, { overlap: "allow" });
      const node = await c.node([]);
      expect(await c.other.schedules.due(c.store.now(), 10)).toEqual([schedule]);
      await fireOne(c.store, node.by(), firingOf(schedule, instants[0]));
      const moved = { ...schedule, cursor: instants[0], nextAt: instants[0] + 1 };
      expect(await c.other.schedules.due(c.store.now(), 10)).toEqual([moved]);
      await fireOne(c.store, node.by(), firingOf(moved, instants[1], { nextAt: undefined }));
      expect(await c.other.schedules.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
    }),
  ],
  nextAfter: [
    example("is the next instant of all that lies after the given one", async (c) => {
      expect(await c.store.schedules.nextAfter(0)).toBeUndefined();
      const { at } = await fiveSchedules(c);
      const next = (after: number) => c.other.schedules.nextAfter(after);
      expect([await next(0), await next(at - 1), await next(at)]).toEqual([at, at, at + 10]);
      expect([await next(at + 10), await next(at + 19)]).toEqual([at + 20, at + 20]);
      expect(await next(at + 20)).toBeUndefined();
    }),
  ],
  list: [
    example("gives the schedules of an app, or of all, by task name and key", async (c) => {
      expect(await c.store.schedules.list()).toEqual([]);
      await fiveSchedules(c);
      const names = async (app?: string) =>
        (await c.other.schedules.list(app)).map(({ task, key }) => `${task}/${key}`);
      expect(await names()).toEqual(["a/default", "a/never", "b/x", "b/y", "d/default"]);
      expect(await names("one")).toEqual(["a/default", "a/never", "b/x", "b/y"]);
      expect(await names("two")).toEqual(["d/default"]);
      expect(await names("One")).toEqual([]);
    }),
  ],
};
