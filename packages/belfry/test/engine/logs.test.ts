import { describe, expect, test } from "vitest";
import { heldTask, Job, task } from "./support/jobs.ts";
import { held } from "./support/link.ts";
import { World } from "./support/world.ts";

function assert(message: string): never {
  throw new Error(message);
}

describe("run.log", () => {
  test("keeps lines in order, with level, attempt, time and data", async () => {
    const world = new World();
    const handler = ({ log, attempt }: Job["last"]["run"]) => {
      log("plain");
      log.debug("debugged", { n: 1 });
      log.info("informed", null);
      log.warn("warned", [1, 2]);
      log.error("failed", "text");
      if (attempt === 1) throw new Error("again");
    };
    const { belfry } = await world.start({ tasks: [task(handler, { retries: 1, backoff: "1s" })] });
    const at = world.time.iso;
    const { trackingId } = await belfry.task("task").run();
    await world.time.until(() => world.record(trackingId).status === "completed");
    const { items, ...rest } = await belfry.runs.logs(trackingId);
    expect(rest).toEqual({});
    expect(items.slice(0, 5)).toEqual([
      { at, attempt: 1, level: "info", message: "plain" },
      { at, attempt: 1, level: "debug", message: "debugged", data: { n: 1 } },
      { at, attempt: 1, level: "info", message: "informed", data: null },
      { at, attempt: 1, level: "warn", message: "warned", data: [1, 2] },
      { at, attempt: 1, level: "error", message: "failed", data: "text" },
    ]);
    expect(items.slice(5).map(({ attempt, level }) => [attempt, level])).toEqual(
      ["info", "debug", "info", "warn", "error"].map((level) => [2, level]),
    );
  });

  test("never throws, whatever is logged", async () => {
    const world = new World();
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const messages: unknown[] = [
      undefined,
      null,
      1n,
      Symbol("s"),
      Object.create(null),
      { toString: () => assert("no text") },
      "\ud800\0",
    ];
    const data: unknown[] = [
      cyclic,
      () => {},
      1n,
      {
        get a() {
          return assert("no");
        },
      },
      { toJSON: () => assert("no") },
      "x".repeat(20_000),
    ];
    const handler = ({ log }: Job["last"]["run"]) => {
      for (const message of messages) log(message as string);
      for (const item of data) log("data", item);
      return "survived";
    };
    const { belfry } = await world.start({ tasks: [task(handler)] });
    const { trackingId } = await belfry.task("task").run();
    await world.time.settle();
    expect(world.record(trackingId)).toMatchObject({ status: "completed", result: "survived" });
    const { items } = await belfry.runs.logs(trackingId);
    expect(items).toHaveLength(messages.length + data.length);
    for (const item of items.slice(messages.length)) expect(item.data).toMatch(/^\(not kept: /);
    expect(items[6]?.message).toBe("\ufffd\ufffd");
  });

  test("keeps messages up to 8,000 characters, of whole letters", async () => {
    const world = new World();
    const { belfry } = await world.start({ tasks: [task(({ log }) => log(`${"x".repeat(7_998)}😀😀`))] });
    const { trackingId } = await belfry.task("task").run();
    await world.time.settle();
    const [line] = (await belfry.runs.logs(trackingId)).items;
    expect(line?.message.length).toBeLessThanOrEqual(8_000);
    expect(line?.message.isWellFormed()).toBe(true);
  });

  test("keeps a run's first 1,000 lines, over all attempts, and says that more were written", async () => {
    const world = new World();
    const handler = ({ log, attempt }: Job["last"]["run"]) => {
      for (let n = 1; n <= 1_200; n++) log(`${attempt}/${n}`);
      if (attempt === 1) throw new Error("again");
    };
    const { belfry } = await world.start({ tasks: [task(handler, { retries: 1 })] });
    const { trackingId } = await belfry.task("task").run();
    await world.time.until(() => world.record(trackingId).status === "completed");
    const { items, dropped } = await belfry.runs.logs(trackingId);
    expect([items.length, items[0]?.message, items.at(-1)?.message]).toEqual([1_000, "1/1", "1/1000"]);
    expect(dropped).toBeGreaterThan(0);
  });

  test("is read in pages", async () => {
    const world = new World();
    const { belfry } = await world.start({ tasks: [task(({ log }) => [1, 2, 3].map((n) => log(`${n}`)))] });
    const { trackingId } = await belfry.task("task").run();
    await world.time.settle();
    const first = await belfry.runs.logs(trackingId, { limit: 2 });
    const second = await belfry.runs.logs(trackingId, { limit: 2, after: first.cursor });
    expect([...first.items, ...second.items].map(({ message }) => message)).toEqual(["1", "2", "3"]);
    expect(second).not.toHaveProperty("cursor");
    await expect(belfry.runs.logs(trackingId, { after: "x" })).rejects.toMatchObject({ code: "E_CURSOR" });
    await expect(belfry.runs.logs("0".repeat(24))).rejects.toMatchObject({ code: "E_RUN_UNKNOWN" });
  });

  test("is there while the handler still runs, and a last word is kept before the end", async () => {
    const world = new World();
    const job = new Job();
    const { belfry } = await world.start({ tasks: [heldTask(job)] });
    const { trackingId } = await belfry.task("job").run();
    await world.time.settle();
    job.last.run.log("under way");
    await world.time.advance(1_000);
    expect((await belfry.runs.logs(trackingId)).items.map(({ message }) => message)).toEqual(["under way"]);
    job.last.run.log("last word");
    job.last.complete();
    await world.time.settle();
    expect(world.record(trackingId).status).toBe("completed");
    expect((await belfry.runs.logs(trackingId)).items.map(({ message }) => message)).toEqual([
      "under way",
      "last word",
    ]);
  });

  test("is there while the handler still runs, also where it was written while the store was slow", async () => {
    const world = new World();
    const job = new Job();
    const { belfry, link } = await world.start({ tasks: [heldTask(job)] });
    const { trackingId } = await belfry.task("job").run();
    await world.time.settle();
    const [lines, progress] = [held(), held()];
    link.plan("logs.append", lines.fate);
    link.plan("runs.progress", progress.fate);
    job.last.run.log("one");
    job.last.run.progress(0.1);
    await world.time.advance(150);
    job.last.run.log("two");
    job.last.run.progress(0.2);
    await world.time.advance(500);
    for (const call of [lines, progress]) {
      call.go();
      call.answer();
    }
    await world.time.advance(1_000);
    expect((await belfry.runs.logs(trackingId)).items.map(({ message }) => message)).toEqual(["one", "two"]);
    expect(world.record(trackingId).progress).toEqual({ value: 0.2 });
  });

  test("loses no line and not the newest progress while the store is away", async () => {
    const world = new World();
    const job = new Job();
    const { belfry, link } = await world.start({ tasks: [heldTask(job)] });
    const { trackingId } = await belfry.task("job").run();
    await world.time.settle();
    link.away = true;
    job.last.run.log("one");
    job.last.run.progress(0.1);
    await world.time.advance(2_000);
    job.last.run.log("two");
    job.last.run.progress(0.2, "note");
    await world.time.advance(2_000);
    link.away = false;
    await world.time.advance(2_000);
    expect((await belfry.runs.logs(trackingId)).items.map(({ message }) => message)).toEqual(["one", "two"]);
    expect(world.record(trackingId).progress).toEqual({ value: 0.2, note: "note" });
  });

  test("keeps the last lines before the end, also where the handler ends while the store is away", async () => {
    const world = new World();
    const job = new Job();
    const { belfry, link } = await world.start({ tasks: [heldTask(job)] });
    const { trackingId } = await belfry.task("job").run();
    await world.time.settle();
    link.away = true;
    job.last.run.log("kept");
    job.last.complete();
    await world.time.advance(3_000);
    link.away = false;
    await world.time.until(() => world.record(trackingId).status === "completed", 2_000);
    expect((await belfry.runs.logs(trackingId)).items.map(({ message }) => message)).toEqual(["kept"]);
  });
});

describe("run.progress", () => {
  test("shows the newest value, and refuses others than 0 to 1", async () => {
    const world = new World();
    const job = new Job();
    const { belfry } = await world.start({ tasks: [heldTask(job)] });
    const { trackingId } = await belfry.task("job").run();
    await world.time.settle();
    const { progress } = job.last.run;
    for (const value of [0, 0.25, 1]) progress(value);
    progress(0.5, "half");
    await world.time.advance(500);
    expect(world.record(trackingId).progress).toEqual({ value: 0.5, note: "half" });
    for (const value of [-0.1, 1.1, Number.NaN, "1", undefined]) {
      expect(() => progress(value as number)).toThrow(expect.objectContaining({ code: "E_OPTION" }));
    }
    expect(() => progress(1, "x".repeat(1_001))).toThrow(expect.objectContaining({ code: "E_OPTION" }));
    progress(0);
    await world.time.advance(500);
    expect(world.record(trackingId).progress).toEqual({ value: 0 });
  });

  test("writes a few times a second at most, however often it is called", async () => {
    const world = new World();
    const job = new Job();
    const { belfry, link } = await world.start({ tasks: [heldTask(job)] });
    await belfry.task("job").run();
    await world.time.settle();
    for (let n = 0; n < 1_000; n++) {
      job.last.run.progress(n / 1_000);
      job.last.run.log(`${n}`);
      await world.time.advance(1);
    }
    expect(link.count("runs.progress")).toBeLessThanOrEqual(11);
    expect(link.count("logs.append")).toBeLessThanOrEqual(11);
  });
});

test("what an ended attempt still says is written nowhere, and under no other's name", async () => {
  const world = new World();
  const job = new Job();
  const { belfry } = await world.start({ tasks: [heldTask(job, { retries: 1, backoff: "1s" })] });
  const { trackingId } = await belfry.task("job").run();
  await world.time.settle();
  job.last.fail(new Error("again"));
  await world.time.until(() => job.attempts.length === 2);
  job.at(0).run.log("from the past");
  job.at(0).run.progress(0.9);
  await world.time.advance(1_000);
  expect((await belfry.runs.logs(trackingId)).items).toEqual([]);
  expect(world.record(trackingId)).not.toHaveProperty("progress");
});
