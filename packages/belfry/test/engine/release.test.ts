import { describe, expect, test } from "vitest";
import { chain, instants } from "./support/chain.ts";
import { heldTask, Job, task } from "./support/jobs.ts";
import { World } from "./support/world.ts";

const quarter = "*/15 * * * *";
const hourly = "0 * * * *";
const quarterMs = 15 * 60_000;

async function shown(world: World) {
  const { belfry } = await world.start({ work: false });
  const { items } = await belfry.deploys.list();
  return items.map(({ number, release = "none", current }) => `${number} ${release}${current ? " current" : ""}`);
}

describe("a release", () => {
  test("that was superseded is not applied again: its node says so, and works under what stands", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const [old, fresh, back] = [new Job(), new Job(), new Job()];
    const one = await world.start({ tasks: [heldTask(old, { schedule: quarter })], release: "v1" });
    const two = await world.start({ tasks: [heldTask(fresh, { schedule: hourly })], release: "v2" });
    await one.stop();
    await two.stop();
    const again = await world.start({ tasks: [heldTask(back, { schedule: quarter })], release: "v1" });
    expect(again.said.lines.filter((line) => line.startsWith("warn "))).toEqual([
      "warn belfry: release v1 of app default was replaced by deploy 2 (release v2), and is not applied again; this process runs its tasks under the definitions that stand",
    ]);
    await world.time.advance(4 * quarterMs);
    expect([instants(old), instants(fresh), instants(back)]).toEqual([[], [], ["13:00"]]);
    expect(await shown(world)).toEqual(["2 v2 current", "1 v1"]);
  });

  test("of the same definitions as another is noted, moves no schedule, and makes the other no less current", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    const tasks = [heldTask(job, { schedule: quarter, overlap: "allow" })];
    for (const release of ["v1", "v2", "v1"]) {
      const node = await world.start({ tasks, release });
      expect(node.said.lines.filter((line) => !line.startsWith("info "))).toEqual([]);
      await node.stop();
      await world.time.advance(quarterMs);
    }
    await world.start({ tasks: [heldTask(job, { schedule: hourly })], release: "v3" });
    await world.start({ tasks, release: "v2" });
    expect(await shown(world)).toEqual(["3 v3 current", "2 v2", "1 v1"]);
  });

  test("absent, a start of another set replaces it, and says it loudly; the same set again says nothing", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const first = await world.start({ tasks: [heldTask(new Job(), { schedule: quarter })] });
    expect(first.said.lines.filter((line) => line.startsWith("warn "))).toEqual([]);
    const second = await world.start({ tasks: [heldTask(new Job(), { schedule: hourly })] });
    expect(second.said.lines.filter((line) => line.startsWith("warn "))).toEqual([
      expect.stringContaining(
        "the definitions of app default were replaced: deploy 1 by those of a start without a release",
      ),
    ]);
    const third = await world.start({ tasks: [heldTask(new Job(), { schedule: hourly })] });
    expect(third.said.lines.filter((line) => line.startsWith("warn "))).toEqual([]);
    const rollback = await world.start({ tasks: [heldTask(new Job(), { schedule: quarter })] });
    expect(rollback.said.lines.filter((line) => line.startsWith("warn "))).toHaveLength(1);
    expect(await shown(world)).toEqual(["3 none current", "2 none", "1 none"]);
  });
});

describe("putting back", () => {
  test("makes an earlier set current, as a new number; what was made at run time stays", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const [old, fresh] = [new Job(), new Job()];
    const one = await world.start({ tasks: [heldTask(old, { schedule: quarter }), task(() => {})], release: "v1" });
    await one.belfry.schedules.put("job", "mine", "5 * * * *");
    const two = await world.start({ tasks: [heldTask(fresh, { schedule: hourly })], release: "v2" });
    await one.stop();
    await world.time.advance(60_000);
    expect(await two.belfry.deploys.putBack(1)).toMatchObject({ number: 3, app: "default", current: true });
    await world.time.advance(quarterMs);
    expect(instants(fresh)).toEqual(["12:05", "12:15"]);
    expect((await two.belfry.tasks.list()).items.map(({ name }) => name)).toEqual(["job", "task"]);
    expect(await chain(two)).toEqual(["12:01-12:02 removed", "12:15 fired"]);
    await two.stop();
    const again = await world.start({ tasks: [heldTask(new Job(), { schedule: hourly })], release: "v2" });
    expect(again.said.lines.some((line) => line.includes("is not applied again"))).toBe(true);
    expect(await shown(world)).toEqual(["3 none current", "2 v2", "1 v1"]);
    expect(await again.belfry.deploys.putBack(3)).toMatchObject({ number: 3 });
  });

  test("an unknown one is E_DEPLOY_UNKNOWN", async () => {
    const world = new World();
    const { belfry } = await world.start({ tasks: [task(() => {})] });
    await expect(belfry.deploys.putBack(7)).rejects.toMatchObject({ code: "E_DEPLOY_UNKNOWN" });
    await expect(belfry.deploys.putBack(1, { app: "other" })).rejects.toMatchObject({ code: "E_DEPLOY_UNKNOWN" });
    await expect(belfry.deploys.list({ ap: "x" } as never)).rejects.toMatchObject({ code: "E_OPTION_UNKNOWN" });
    expect((await belfry.deploys.list({ app: "other" })).items).toEqual([]);
  });
});

describe("a set that removes much", () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, n) => task(() => {}, { name: `t ${n}`, schedule: hourly }));

  test("is refused beyond the share, before anything is changed", async () => {
    const world = new World();
    const one = await world.start({ tasks: many(4) });
    await one.belfry.schedules.put("t 0", "mine", hourly);
    const two = world.node({ tasks: many(1), removedShareMax: 0.5 });
    await expect(world.time.during(two.belfry.start())).rejects.toMatchObject({
      code: "E_DEPLOY_REMOVES",
      fields: { count: 6, total: 8, app: "default" },
    });
    expect((await one.belfry.tasks.list()).items).toHaveLength(4);
    await world.start({ tasks: many(2), removedShareMax: 0.5 });
    await world.start({ tasks: [], removedShareMax: 1 });
    expect((await one.belfry.tasks.list()).items).toEqual([]);
  });

  test("of one alone is never too much", async () => {
    const world = new World();
    await world.start({ tasks: [task(() => {})] });
    const { belfry } = await world.start({ tasks: [], removedShareMax: 0.1 });
    expect((await belfry.tasks.list()).items).toEqual([]);
  });
});

describe("the code's schedules and those made at run time", () => {
  test("code takes over a key, which is said; a deploy reads and moves no others", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const [old, fresh] = [new Job(), new Job()];
    const one = await world.start({ tasks: [heldTask(old)] });
    const items = Array.from({ length: 1_500 }, (_, n) => ({ task: "job", key: `k ${n}`, schedule: "0 3 * * *" }));
    await world.time.during(one.belfry.schedules.putMany(items));
    await one.belfry.schedules.put("job", "nightly", quarter);
    await one.stop();
    const two = await world.start({ tasks: [heldTask(fresh, { schedule: { key: "nightly", cron: hourly } })] });
    expect(two.link.count("schedules.list")).toBe(1);
    expect(two.said.lines.filter((line) => line.includes("nightly"))).toEqual([
      "info belfry: schedule nightly of task job was made at run time; from now on the code of app default defines it",
    ]);
    expect(await two.belfry.schedules.get("job", "nightly")).toMatchObject({ origin: "code" });
    await expect(two.belfry.schedules.put("job", "nightly", quarter)).rejects.toMatchObject({
      code: "E_SCHEDULE_CODE",
    });
    await world.time.advance(4 * quarterMs);
    expect(instants(fresh)).toEqual(["13:00"]);
    expect((await two.belfry.tasks.get("job")).scheduleCount).toBe(1_501);
  });

  test("of a task that a deploy removes: the code's end, the others are recorded removed until it is back", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const [job, back] = [new Job(), new Job()];
    const one = await world.start({ tasks: [heldTask(job, { schedule: hourly }), task(() => {})] });
    await one.belfry.schedules.put("job", "mine", quarter);
    await one.stop();
    const two = await world.start({ tasks: [task(() => {})] });
    await world.time.advance(2 * quarterMs);
    expect(await chain(two, "job", "mine")).toEqual(["12:01-12:30 removed"]);
    await expect(two.belfry.schedules.put("job", "more", quarter)).rejects.toMatchObject({ code: "E_TASK_UNKNOWN" });
    await two.stop();
    const three = await world.start({ tasks: [heldTask(back, { schedule: hourly }), task(() => {})] });
    await world.time.advance(quarterMs);
    expect(instants(back)).toEqual(["12:45"]);
    expect((await three.belfry.schedules.list({ task: "job" })).items.map(({ key }) => key)).toEqual([
      "default",
      "mine",
    ]);
  });
});
