import { expect } from "vitest";
import { type Cases, example } from "../cases.ts";
import { failureOf, newRun } from "../context.ts";
import { fired, timetable } from "../timetable.ts";

export const outcomes: Cases = [
  example("tells of each instant how the newest run stands that points to it, whatever asked for it", async (c) => {
    const { task, schedule, instants } = await timetable(c, { overlap: "allow" });
    const node = await c.node([task]);
    const outcomes = async () => c.other.ledger.outcomes(schedule.id, [...instants, instants[0]]);
    expect(await outcomes()).toEqual(["none", "none", "none", "none", "none"]);
    for (const instant of instants.slice(0, 3)) await fired(c, schedule, instant);
    expect(await outcomes()).toEqual(["unfinished", "unfinished", "unfinished", "none", "unfinished"]);
    const [first, second] = await node.claim(2);
    await c.complete(first ?? { id: "", token: 0 });
    await c.finish({ ...(second ?? { id: "", token: 0 }), event: "fail", error: failureOf() });
    expect(await outcomes()).toEqual(["completed", "failed", "unfinished", "none", "completed"]);
    const points = { trigger: "retry", scheduleKey: "default", scheduledFor: instants[1] } as const;
    await c.store.runs.cancel([{ id: (await node.claim(1))[0]?.id ?? "" }]);
    const retry = await c.start(node, task, points);
    expect((await outcomes())[1]).toBe("unfinished");
    await c.complete(retry);
    expect((await outcomes())[1]).toBe("completed");
    await c.store.runs.insert([newRun(task, { ...points, scheduledFor: instants[3] })]);
    expect((await outcomes())[3]).toBe("unfinished");
  }),
  example("keeps schedules apart, and answers nothing for nothing", async (c) => {
    const [one, two] = [await timetable(c), await timetable(c)];
    await fired(c, one.schedule, one.instants[0]);
    expect(await c.store.ledger.outcomes(two.schedule.id, [one.instants[0]])).toEqual(["none"]);
    expect(await c.store.ledger.outcomes(999_999_999, [one.instants[0]])).toEqual(["none"]);
    expect(await c.store.ledger.outcomes(one.schedule.id, [])).toEqual([]);
  }),
];
