import { expect, test } from "vitest";
import type { Run } from "../../src/task/run.ts";
import { chain } from "./support/chain.ts";
import { task } from "./support/jobs.ts";
import { type TestNode, World } from "./support/world.ts";

const hourMs = 3_600_000;
const minuteMs = 60_000;

/** An hourly job, and the day and hour of what it ran for: `06T13`. */
function hourly() {
  const ran: (string | undefined)[] = [];
  const handler = (run: Run<unknown>) => void ran.push(run.scheduledFor?.toISOString().slice(8, 13));
  return { ran, tasks: [task(handler, { name: "job", schedule: "0 * * * *", catchUp: "skip" })] };
}

/** The log's lines about the clock. */
function saidOf({ said }: TestNode): string[] {
  return said.lines.filter((line) => line.includes("clock_behind"));
}

/** A node whose clock was a day ahead, where an hourly job ran twice, and is right again. */
async function setBack() {
  const world = new World("2026-01-05T12:30:00.000Z");
  const { ran, tasks } = hourly();
  const node = await world.start({ tasks });
  world.time.jump(24 * hourMs);
  await world.time.advance(2 * hourMs);
  expect(ran).toEqual(["06T13", "06T14"]);
  world.time.jump(-24 * hourMs);
  return { world, ran, tasks, node };
}

const behind = { code: "E_NOT_READY", fields: { problem: "clock_behind" } };

test("a clock behind what was decided is clock_behind in readiness, and said once", async () => {
  const { world, node, ran } = await setBack();
  await expect(node.belfry.checkReady()).rejects.toMatchObject(behind);
  await expect(node.belfry.checkReady()).rejects.toMatchObject(behind);
  expect(saidOf(node)).toEqual([expect.stringMatching(/^warn .*instants up to 2026-01-06T14:00:00.000Z are decided/)]);
  await world.time.advance(3 * hourMs);
  expect(ran).toHaveLength(2);
  world.time.jump(24 * hourMs);
  await node.belfry.checkReady();
});

test("a step back of less than a minute is none", async () => {
  const world = new World("2026-01-05T12:30:00.000Z");
  const node = await world.start(hourly());
  await world.time.advance(30 * minuteMs);
  world.time.jump(-minuteMs);
  await node.belfry.checkReady();
  world.time.jump(-1);
  await expect(node.belfry.checkReady()).rejects.toMatchObject(behind);
});

test("a start that finds it says so; one that does no work does not", async () => {
  const { world, node, tasks } = await setBack();
  await node.stop();
  const [next, reader] = [await world.start({ tasks }), await world.start({ work: false })];
  expect([saidOf(next).length, saidOf(reader).length]).toEqual([1, 0]);
  await expect(reader.belfry.checkReady()).rejects.toMatchObject(behind);
});

test("rewound, it goes on from now; what ran while the clock was ahead does not run again; the audit finds nothing", async () => {
  const { world, ran, node } = await setBack();
  expect(await node.belfry.schedules.rewind()).toBe(1);
  expect(await node.belfry.schedules.rewind()).toBe(0);
  await node.belfry.checkReady();
  expect(await node.belfry.schedules.get("job")).toMatchObject({ decidedUpTo: world.time.iso });
  await world.time.advance(2 * hourMs);
  expect(ran.slice(2)).toEqual(["05T15", "05T16"]);
  await world.time.advance(23 * hourMs);
  expect(ran.slice(2)).toHaveLength(2 + 23 - 2);
  expect(new Set(ran).size).toBe(ran.length);
  const fired = (await chain(node)).filter((line) => line.startsWith("06th 13:00") || line.startsWith("06th 14:00"));
  expect(fired).toEqual(["06th 13:00 fired", "06th 14:00 fired"]);
  expect(await node.belfry.audit()).toMatchObject({ found: 0, fired: ran.length });
});

test("a paused schedule is set back, and stays paused: what it has a run for is left out of its span", async () => {
  const { world, ran, node } = await setBack();
  await node.belfry.schedules.rewind();
  await node.belfry.schedules.pause("job");
  await world.time.advance(25 * hourMs);
  expect(ran).toHaveLength(2);
  await node.belfry.schedules.resume("job");
  expect((await chain(node)).slice(-4)).toEqual([
    "06th 13:00 fired",
    "06th 13:00-06th 13:59 paused",
    "06th 14:00 fired",
    "06th 14:00-06th 15:30 paused",
  ]);
  expect(await node.belfry.audit()).toMatchObject({ found: 0, fired: 2 });
});
