import { AssertionError } from "node:assert";
import { describe, expect, test } from "vitest";
import { agnost } from "../../src/agnost.ts";
import { defineTask } from "../../src/task/definition.ts";
import { createTestBelfry, type TestBelfry } from "../../src/testing/index.ts";

const start = new Date("2026-01-05T12:00:00Z");
const at = (time: string) => new Date(`2026-01-05T${time}:00Z`);

describe("time", () => {
  test("goes on while handlers sleep, and stands still while they await real things", async () => {
    const seen: string[] = [];
    const nap = defineTask({
      name: "nap",
      schedule: "*/10 * * * *",
      handler: async () => {
        const began = kit.now().toISOString().slice(11, 16);
        await Promise.all([kit.sleep("3m"), kit.sleep("4m")]);
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(`${began}-${kit.now().toISOString().slice(11, 16)}`);
      },
    });
    const kit: TestBelfry = createTestBelfry({ tasks: [nap], start });
    await kit.runUntil(at("12:30"));
    expect(seen).toEqual(["12:10-12:14", "12:20-12:24"]);
    expect(kit.runs("nap").at(-1)).toMatchObject({ status: "processing", scheduledFor: at("12:30").toISOString() });
  });

  test("is moved by one call at a time, and from inside of no handler", async () => {
    const kit: TestBelfry = createTestBelfry({
      tasks: [defineTask({ name: "mover", schedule: "* * * * *", handler: () => kit.runFor("1m") })],
      start,
    });
    const first = kit.runFor("1m");
    await expect(kit.runFor("1m")).rejects.toMatchObject({ code: "E_TEST_TIME" });
    await first;
    kit.expectRuns("mover", [{ status: "errors", outcome: "E_HANDLER" }]);
    await expect(kit.runUntil(at("11:00"))).rejects.toMatchObject({ code: "E_OPTION" });
  });

  test("is told before anything happens in it, and a jump forward is caught up once", async () => {
    const told: string[] = [];
    const tick = defineTask({ name: "tick", schedule: "0 * * * *", handler: () => {} });
    const kit: TestBelfry = createTestBelfry({
      tasks: [tick],
      start,
      onTime: (now) => told.push(now.toISOString().slice(11, 16)),
    });
    await kit.runUntil(at("13:30"));
    expect(told).toEqual(["12:00", "13:00", "13:30"]);
    kit.jump("3h");
    await kit.settle();
    kit.expectFired("tick", [at("13:00"), at("16:00")]);
    kit.jump("-4h");
    await kit.runFor("3h");
    kit.expectFired("tick", { count: 2 });
  });
});

describe("handlers", () => {
  test("trigger and wait for other tasks, by the kit or by agnost", async () => {
    const other = defineTask({ name: "other", handler: () => kit.sleep("5m").then(() => "done") });
    const asking = defineTask({
      name: "asking",
      handler: async () => {
        await agnost.task("other").run();
        return (await kit.task("other").runAndWait()).result;
      },
    });
    const kit: TestBelfry = createTestBelfry({ tasks: [other, asking], start });
    expect(await kit.task("asking").runAndWait()).toMatchObject({
      result: "done",
      completedAt: at("12:05").toISOString(),
    });
    kit.expectRuns("other", { count: 2, trigger: "manual", status: "completed" });
  });

  test("that ignore their timeout are abandoned after the grace, and keep their slot", async () => {
    const deaf = defineTask({ name: "deaf", timeout: "1m", schedule: "* * * * *", handler: () => kit.sleep("1h") });
    const silent = { debug() {}, info() {}, warn() {}, error() {} };
    const kit: TestBelfry = createTestBelfry({ tasks: [deaf], start, concurrency: 2, logger: silent });
    await kit.runUntil(at("12:59"));
    kit.expectRuns("deaf", { count: 2, outcome: "E_TIMEOUT" });
    kit.expectRuns("deaf", { count: 3 });
  });

  test("never go on after a crash; their runs are tried again, and lost for good the third time", async () => {
    let ended = 0;
    const long = defineTask({ name: "long", handler: () => kit.sleep("2h").then(() => ended++) });
    const kit: TestBelfry = createTestBelfry({ tasks: [long], start });
    await kit.task("long").run();
    await kit.runFor("1h");
    for (let crash = 0; crash < 3; crash++) {
      await kit.outage("10m");
      await kit.runFor("1h");
    }
    await kit.runFor("9h");
    expect(ended).toBe(0);
    expect(kit.lastRun("long")).toMatchObject({ outcome: "E_LOST", attempts: [{ outcome: "lost" }, {}, {}] });
  });
});

describe("assertions", () => {
  const tick = defineTask({ name: "tick", schedule: "*/10 * * * *", handler: () => {} });

  test("say what fired instead, and why the rest did not", async () => {
    const kit: TestBelfry = createTestBelfry({ tasks: [tick], start });
    await kit.runFor("10m");
    kit.pause("tick");
    await kit.runFor("20m");
    const wrong = () => kit.expectFired("tick", [at("12:20")]);
    expect(wrong).toThrow(AssertionError);
    expect(wrong).toThrow(/12:20:00.000Z \(paused\)\nnot expected:\n {2}2026-01-05T12:10/);
    expect(() => kit.expectFired("tick", { count: 2 })).toThrow("fired 1 times; expected 2");
    expect(() => kit.expectNotFired("tick")).toThrow(/^task tick fired:\n/);
    expect(() => kit.expectNotFired("tick", { from: at("12:15"), reason: "skipped" })).toThrow(
      /what was decided is paused/,
    );
    expect(() => kit.expectRuns("tick", { status: "errors" })).toThrow(
      /0 runs \{"status":"errors"\}; expected at least one/,
    );
    expect(() => kit.expectFired("tick", [new Date(Number.NaN)])).toThrow(
      expect.objectContaining({ code: "E_OPTION" }),
    );
  });

  test("refuse to judge what is no longer kept, and count all the same", async () => {
    const kit: TestBelfry = createTestBelfry({ tasks: [tick], start, keep: 5 });
    await kit.runFor("10h");
    kit.expectFired("tick", { count: 60 });
    expect(kit.totals("tick")).toEqual({ fired: 60, completed: 60, failed: 0 });
    expect(kit.runs("tick").length).toBe(5);
    expect(() => kit.expectFired("tick", { from: at("13:00") })).toThrow(/raise `keep`/);
    kit.expectFired("tick", { from: at("21:40"), count: 3 });
  });
});

test("the same seed gives the same history, another one another jitter", async () => {
  const history = async (seed: number) => {
    const flaky = defineTask({
      name: "flaky",
      schedule: "0 * * * *",
      retries: 2,
      handler: () => Promise.reject(new Error("no")),
    });
    const kit: TestBelfry = createTestBelfry({ tasks: [flaky], start, seed });
    await kit.runFor("5h");
    return kit.runs().map(({ trackingId, completedAt }) => `${trackingId} ${completedAt}`);
  };
  expect(await history(7)).toEqual(await history(7));
  expect(await history(7)).not.toEqual(await history(8));
});
