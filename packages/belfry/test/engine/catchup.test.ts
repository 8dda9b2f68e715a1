import { describe, expect, test } from "vitest";
import { chain, completeAll, instants } from "./support/chain.ts";
import { heldTask, Job, task } from "./support/jobs.ts";
import { type TestNode, World } from "./support/world.ts";

const hourMs = 3_600_000;
type Rules = NonNullable<Parameters<typeof heldTask>[1]>;

/** A node that ran until 12:01 of the fifth, and was then away for so long. */
async function afterOutage(ms: number, rules: Rules): Promise<{ world: World; job: Job; node: TestNode }> {
  const world = new World("2026-01-05T12:01:00.000Z");
  const job = new Job();
  const tasks = [heldTask(job, { schedule: "0 * * * *", ...rules })];
  const before = await world.start({ tasks });
  await before.stop();
  await world.time.advance(ms);
  return { world, job, node: await world.start({ tasks }) };
}

const threeHours = 3 * hourMs;
const tenDays = 240 * hourMs;
const clock = (hour: number) => `${hour < 10 ? "0" : ""}${hour}:00`;

describe("an outage of a schedule that is due every hour", () => {
  test.each<[string, number, Rules["catchUp"], string[], string[]]>([
    ["3 h, skip", threeHours, "skip", [], ["12:01-15:00 missed"]],
    ["3 h, latest", threeHours, "latest", ["15:00"], ["12:01-14:00 missed", "15:00 fired"]],
    ["3 h, latest of an hour", threeHours, { window: "59s" }, [], ["12:01-15:00 missed"]],
    ["3 h, all", threeHours, "all", ["13:00", "14:00", "15:00"], ["13:00 fired", "14:00 fired", "15:00 fired"]],
    [
      "3 h, all but two at most",
      threeHours,
      { policy: "all", limit: 2 },
      ["14:00", "15:00"],
      ["12:01-13:00 missed", "14:00 fired", "15:00 fired"],
    ],
    ["10 d, skip", tenDays, "skip", [], ["12:01-15th 12:00 missed"]],
    ["10 d, latest", tenDays, "latest", ["15th 12:00"], ["12:01-15th 11:00 missed", "15th 12:00 fired"]],
    [
      "10 d, all of three hours",
      tenDays,
      { policy: "all", window: "3h" },
      ["15th 10:00", "15th 11:00", "15th 12:00"],
      ["12:01-15th 09:00 missed", "15th 10:00 fired", "15th 11:00 fired", "15th 12:00 fired"],
    ],
  ])("%s", async (_, ms, catchUp, ran, told) => {
    const { world, job, node } = await afterOutage(ms, { catchUp });
    await completeAll(job, () => world.time.settle());
    expect(instants(job)).toEqual(ran);
    expect(await chain(node)).toEqual(told);
    const missed = told.filter((line) => line.endsWith("missed"));
    expect(node.told.all("firing.skipped").map(({ reason }) => reason)).toEqual(missed.map(() => "missed"));
  });

  test("10 d, all: the last day's, the newest hundred where that is more", async () => {
    const { world, job, node } = await afterOutage(tenDays, { catchUp: "all" });
    await completeAll(job, () => world.time.settle());
    const ahead = Array.from({ length: 24 }, (_, index) => (13 + index) % 24);
    expect(instants(job)).toEqual(ahead.map((hour) => `${hour < 13 ? "15th" : "14th"} ${clock(hour)}`));
    expect((await chain(node))[0]).toBe("12:01-14th 12:00 missed");
    const often = await afterOutage(tenDays + 45_000, { schedule: "* * * * *", catchUp: "all" });
    await completeAll(often.job, () => often.world.time.settle());
    expect(often.job.attempts).toHaveLength(100);
  });
});

describe("catching up all", () => {
  test("runs one after another, whatever overlap says; what is due meanwhile is judged by overlap", async () => {
    const { world, job, node } = await afterOutage(threeHours, { catchUp: "all", overlap: "skip" });
    expect(instants(job)).toEqual(["13:00"]);
    expect((await node.belfry.runs.list({ status: "pending" })).items).toHaveLength(2);
    await world.time.advance(hourMs);
    job.last.complete();
    await world.time.settle();
    expect(instants(job)).toEqual(["13:00", "14:00"]);
    job.last.fail(new Error("and a failure is an end, too"));
    await world.time.settle();
    expect(instants(job)).toEqual(["13:00", "14:00", "15:00"]);
    job.last.complete();
    await world.time.advance(hourMs);
    expect(await chain(node)).toEqual([
      "13:00 fired",
      "14:00 fired",
      "15:00 fired",
      "15:00-16:00 overlap",
      "17:00 fired",
    ]);
  });

  test("keeps a distance between their starts", async () => {
    const { world, job } = await afterOutage(threeHours, { catchUp: { policy: "all", spacing: "10m" } });
    job.last.complete();
    await world.time.advance(9 * 60_000 + 59_000);
    expect(instants(job)).toEqual(["13:00"]);
    await world.time.advance(1_000);
    expect(instants(job)).toEqual(["13:00", "14:00"]);
    await world.time.advance(15 * 60_000);
    job.last.complete();
    await world.time.settle();
    expect(instants(job)).toEqual(["13:00", "14:00", "15:00"]);
  });

  test("goes on after another restart, each instant once, in order", async () => {
    const { world, job, node } = await afterOutage(threeHours, { catchUp: "all" });
    job.last.complete();
    await world.time.settle();
    job.last.complete();
    await world.time.settle();
    await node.stop();
    const rest = new Job();
    const two = await world.start({ tasks: [heldTask(rest, { schedule: "0 * * * *", catchUp: "all" })] });
    await completeAll(rest, () => world.time.settle());
    expect(instants(job)).toEqual(["13:00", "14:00", "15:00"]);
    expect(instants(rest)).toEqual(["15:00"]);
    expect(await chain(two)).toEqual(["13:00 fired", "14:00 fired", "15:00 fired"]);
  });

  test("of many schedules at once takes several commits, each instant once", async () => {
    const world = new World("2026-01-05T12:00:30.000Z");
    const seen = new Map<string, number>();
    const count = ({ key }: { key: string }) => void seen.set(key, (seen.get(key) ?? 0) + 1);
    const names = Array.from({ length: 8 }, (_, index) => `job ${index}`);
    const catchUp = { policy: "all", limit: 1_000 } as const;
    const made = names.map((name) => task(count, { name, schedule: "* * * * *", catchUp }));
    const before = await world.start({ tasks: made });
    await before.stop();
    await world.time.advance(400 * 60_000);
    const node = await world.start({ tasks: made });
    await world.time.until(() => seen.size === 8 * 400);
    expect(Math.max(...seen.values())).toBe(1);
    expect(node.link.count("ledger.fire")).toBe(3);
  });
});
