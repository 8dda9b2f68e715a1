import { expect } from "vitest";
import { limits } from "../../../src/base/limits.ts";
import { type Cases, example } from "../cases.ts";
import { freshId, scheduleOf } from "../context.ts";
import {
  chainOf,
  decidedOf,
  decisionsOf,
  fired,
  fireOne,
  firingOf,
  missingOf,
  rowOf,
  settlementOf,
  timetable,
  toldOf,
} from "../timetable.ts";
import { later, putOne, putTimetable, standing } from "./made.ts";

export const put: Cases = [
  example("makes a schedule that starts at now: it has no instants before", async (c) => {
    const task = await c.task();
    const definition = scheduleOf({
      ...{ key: "k “é”", spec: '{"cron": "0 2 * * *"}', payload: '{"__proto__":1 }', priority: -3 },
      ...{
        overlap: "bufferAll",
        catchUp: '{"policy":"all"}',
        pauseOnFailure: 4,
        nextAt: later(c),
        dueAt: later(c) + 5,
      },
    });
    const before = c.store.now();
    const answer = standing(await putOne(c, task, definition, { author: "“me”" }));
    const { id, version, cursor } = answer.row;
    const row = {
      ...{ ...definition, id, taskId: task.id, task: task.name, app: task.app, origin: "runtime", version, cursor },
      ...{ since: cursor, failures: 0, author: "“me”", changedAt: cursor },
    };
    expect(answer).toEqual({ outcome: "created", row, runs: [] });
    expect(cursor).toBeGreaterThanOrEqual(before);
    expect(await c.schedules(task.app, c.other)).toEqual([row]);
    expect(await chainOf(c, row)).toEqual([]);
  }),
  example("fires like any other", async (c) => {
    const { schedule, instants } = await putTimetable(c, { overlap: "allow" });
    for (const instant of instants) await fired(c, schedule, instant);
    expect(decisionsOf(await chainOf(c, schedule))).toEqual(instants.map((instant) => ["fired", instant]));
  }),
  example("brings back one whose row could not be read, by an equal definition", async (c) => {
    const { task, schedule, instants } = await putTimetable(c, {});
    const firing = { ...missingOf(schedule, instants[0], "invalid"), next: undefined };
    await fireOne(c.store, (await c.node([])).by(), firing);
    const row = await rowOf(c, schedule);
    expect(row.dueAt).toBeUndefined();
    const same = { ...row, nextAt: later(c), dueAt: later(c) };
    const answer = await putOne(c, task, same, { settle: settlementOf(row) });
    expect(standing(answer)).toMatchObject({ outcome: "changed", row: { nextAt: same.nextAt, dueAt: same.dueAt } });
  }),
  example(
    "changes nothing where the definition is equal, whatever its next instant and its author are said to be",
    async (c) => {
      const { task, schedule, instants } = await putTimetable(c, { payload: "1", pauseOnFailure: 2 });
      const run = await fired(c, schedule, instants[0]);
      const row = await rowOf(c, schedule);
      for (const nextAt of [undefined, 1, later(c)]) {
        const same = { ...row, nextAt, dueAt: nextAt };
        expect(await putOne(c, task, same, { author: "else", draftedAt: later(c) })).toEqual({
          ...{ outcome: "unchanged", row, runs: [run] },
        });
      }
      expect(await rowOf(c, schedule)).toEqual(row);
    },
  ),
  example("changes whatever the definition says under a higher version; the new one starts at now", async (c) => {
    const { task, schedule } = await putTimetable(c);
    let definition = scheduleOf({ nextAt: undefined });
    const changes = [
      ...[{ spec: '{"every":2}' }, { payload: "1" }, { payload: "1 " }, { priority: 1 }, { overlap: "bufferOne" }],
      ...[{ catchUp: "skip" }, { pauseOnFailure: 1 }, { pauseOnFailure: undefined }, { payload: undefined }],
    ] as const;
    for (const change of changes) {
      const before = await rowOf(c, schedule);
      await c.pass(before.cursor);
      definition = { ...definition, ...change, nextAt: later(c), dueAt: later(c) };
      const answer = standing(await putOne(c, task, definition, { settle: settlementOf(before), author: "me" }));
      const { version, cursor } = answer.row;
      const row = { ...before, ...definition, version, cursor, since: cursor, changedAt: cursor, author: "me" };
      expect(answer).toEqual({ outcome: "changed", row, runs: [] });
      expect(version).toBeGreaterThan(before.version);
      expect(cursor).toBeGreaterThan(before.cursor);
      expect(await rowOf(c, schedule)).toEqual(row);
      await chainOf(c, schedule);
    }
  }),
  example("settles what was due of the old definition as that one says, and lists its unfinished runs", async (c) => {
    const { task, schedule, instants } = await putTimetable(c, { payload: '"old"', overlap: "allow" });
    const first = await fired(c, schedule, instants[0]);
    const row = await rowOf(c, schedule);
    const decision = decidedOf(row, instants[2], { missedUpTo: instants[1] });
    const settle = settlementOf(row, decision);
    const answer = standing(await putOne(c, task, { payload: '"new"' }, { settle }));
    expect(answer.runs).toEqual([first, decision.runId]);
    expect(await c.get(decision.runId)).toMatchObject({ payload: '"old"', scheduledFor: instants[2], state: "ready" });
    const chain = decisionsOf(await chainOf(c, schedule));
    expect(chain).toEqual([
      ["fired", instants[0]],
      ["missed", instants[1]],
      ["fired", instants[2]],
      ["removed", answer.row.cursor],
    ]);
  }),
  example("is stale where what it was computed for moved, and changes nothing", async (c) => {
    const { task, schedule, instants } = await putTimetable(c);
    const [settle, spec] = [settlementOf(schedule), "{}"];
    const node = await c.node([]);
    const stale = { outcome: "stale", now: expect.any(Number) };
    expect(await putOne(c, task, { spec })).toEqual(stale);
    for (const wrong of [{ version: schedule.version + 1 }, { cursor: schedule.cursor - 1 }])
      expect(await putOne(c, task, { spec }, { settle: { ...settle, ...wrong } })).toEqual(stale);
    const early = settlementOf(schedule, { ...decidedOf(schedule, instants[0]), wasDueAt: later(c) });
    expect(await putOne(c, task, { spec }, { settle: early })).toEqual(stale);
    expect(await rowOf(c, schedule)).toEqual(schedule);
    await fireOne(c.store, node.by(), firingOf(schedule, instants[0]));
    expect(await putOne(c, task, { spec }, { settle })).toEqual(stale);
    const moved = await rowOf(c, schedule);
    await c.store.schedules.amend([{ scheduleId: schedule.id, version: moved.version, kind: "pause", pause: {} }]);
    expect(await putOne(c, task, { spec }, { settle: settlementOf(moved) })).toEqual(stale);
    expect(await chainOf(c, schedule)).toHaveLength(1);
    expect((await putOne(c, task, { spec }, { settle: settlementOf(await rowOf(c, schedule)) })).outcome).toBe(
      "changed",
    );
  }),
  example("is stale when its next instant has passed, or it was computed for a time that has not come", async (c) => {
    const task = await c.task();
    const before = c.store.now();
    for (const answer of [
      await putOne(c, task, { nextAt: before - 1 }),
      await putOne(c, task, {}, { draftedAt: later(c) }),
    ]) {
      expect(answer).toEqual({ outcome: "stale", now: expect.any(Number) });
      expect((answer as { now: number }).now).toBeGreaterThanOrEqual(before);
    }
    expect(await c.schedules(task.app)).toEqual([]);
  }),
  example("nothing of the old definition fires after the answer", async (c) => {
    const { task, schedule, instants } = await putTimetable(c);
    await putOne(c, task, { spec: "{}" }, { settle: settlementOf(schedule) });
    const row = await rowOf(c, schedule);
    const armed = [firingOf(schedule, instants[0]), firingOf({ ...schedule, cursor: row.cursor }, row.cursor + 1)];
    await c.pass(row.cursor + 1);
    const answers = await c.other.ledger.fire((await c.node([])).by(), armed);
    expect(answers.map(toldOf)).toEqual([["stale"], ["stale"]]);
  }),
  example("leaves a pause, a skip and the count of failures as they are", async (c) => {
    const { task, schedule } = await putTimetable(c, { pauseOnFailure: 9 });
    const { id: scheduleId, version } = schedule;
    const until = later(c);
    await c.store.schedules.amend([{ scheduleId, version, kind: "skip", until }]);
    const skipped = await rowOf(c, schedule);
    await c.store.schedules.amend([{ scheduleId, version: skipped.version, kind: "pause", pause: { reason: "r" } }]);
    const before = await rowOf(c, schedule);
    await putOne(c, task, { spec: "{}", pauseOnFailure: 9 }, { settle: settlementOf(before) });
    expect(await rowOf(c, schedule)).toMatchObject({ spec: "{}", pause: before.pause, skipUntil: until, failures: 0 });
  }),
  example("refuses a task that there is not, or no longer is, and a schedule that the code defines", async (c) => {
    const { task, schedule } = await timetable(c);
    expect(await putOne(c, { id: freshId() }, {})).toEqual({ outcome: "unknownTask" });
    for (const definition of [schedule, { spec: "{}" }])
      expect(await putOne(c, task, definition, { settle: settlementOf(schedule) })).toEqual({ outcome: "code" });
    expect(await rowOf(c, schedule)).toEqual(schedule);
    await c.deploy(task.app, [], [settlementOf(schedule)]);
    expect(await putOne(c, task, { key: "new" })).toEqual({ outcome: "unknownTask" });
    expect(await c.schedules(task.app)).toEqual([]);
  }),
  example("answers each in its place, and one refused spoils no other; a thousand at once", async (c) => {
    const task = await c.task({ schedules: [{ key: "code" }] });
    const count = limits.schedulesPerCommitMax - 4;
    const item = (key: string, spec = "1") => ({
      ...{ taskId: task.id, definition: scheduleOf({ key, spec, nextAt: later(c) }), draftedAt: 0 },
    });
    const items = [
      ...Array.from({ length: count }, (_, index) => item(`${index}`)),
      ...[item("code"), { ...item("x"), taskId: freshId() }, item("0"), item("0", "2")],
    ];
    const answers = await c.other.schedules.put(items);
    expect(answers.map(({ outcome }) => outcome)).toEqual([
      ...Array.from({ length: count }, () => "created"),
      ...["code", "unknownTask", "unchanged", "stale"],
    ]);
    const rows = answers.flatMap((answer) => ("row" in answer ? [answer.row] : []));
    expect(rows.map(({ key }) => key).slice(0, count)).toEqual(
      items.slice(0, count).map(({ definition }) => definition.key),
    );
    expect(await c.schedules(task.app)).toHaveLength(count + 1);
    expect(await c.store.schedules.put([])).toEqual([]);
  }),
  example("lists at most a hundred unfinished runs, the oldest", async (c) => {
    const { task, schedule, instants } = await putTimetable(c, { overlap: "allow" });
    const count = limits.runsListedMax + 1;
    await c.pass(instants[0] + count);
    const links = Array.from({ length: count }, (_, index) => ({ instant: instants[0] + index, runId: freshId() }));
    const firing = { ...firingOf(schedule, instants[0] + count - 1), links };
    expect(toldOf(await fireOne(c.store, (await c.node([])).by(), firing))).toHaveLength(count);
    const { runs } = standing(await putOne(c, task, await rowOf(c, schedule)));
    expect(runs).toEqual(links.slice(0, -1).map(({ runId }) => runId));
  }),
];
