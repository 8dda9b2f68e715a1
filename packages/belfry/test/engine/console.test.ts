import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { defaultLogger } from "../../src/engine/logger.ts";
import { heldTask, Job, task } from "./support/jobs.ts";
import { World } from "./support/world.ts";

const methods = ["debug", "log", "info", "warn", "error"] as const;

describe("captureConsole", () => {
  const printed: unknown[][] = [];
  const own = new Map(methods.map((method) => [method, (...args: unknown[]) => void printed.push([method, ...args])]));
  const before = new Map(methods.map((method) => [method, console[method]]));

  beforeEach(() => {
    printed.length = 0;
    for (const [method, print] of own) console[method] = print;
  });
  afterEach(() => {
    for (const [method, print] of before) console[method] = print;
  });

  test("keeps what the handler prints in its run's log, and prints it all the same", async () => {
    const world = new World();
    const handler = async () => {
      console.log("sum: %d", 3, { a: 1 });
      await Promise.resolve();
      for (const method of methods) console[method](method);
    };
    const { belfry } = await world.start({ tasks: [task(handler, { captureConsole: true })] });
    const { trackingId } = await belfry.task("task").run();
    await world.time.settle();
    const { items } = await belfry.runs.logs(trackingId);
    expect(items.map(({ level, message }) => [level, message])).toEqual([
      ["info", "sum: 3 { a: 1 }"],
      ["debug", "debug"],
      ["info", "log"],
      ["info", "info"],
      ["warn", "warn"],
      ["error", "error"],
    ]);
    expect(printed).toEqual([["log", "sum: %d", 3, { a: 1 }], ...methods.map((method) => [method, method])]);
  });

  test("keeps only what the run itself prints, and only where its task asks for it", async () => {
    const world = new World();
    const [asks, other, silent] = [new Job(), new Job(), new Job()];
    const print = (job: Job, word: string) => async (run: Job["last"]["run"]) => {
      await job.handler(run);
      console.log(word);
    };
    const tasks = [
      task(print(asks, "asks"), { name: "asks", captureConsole: true }),
      task(print(other, "other"), { name: "other", captureConsole: true }),
      task(print(silent, "silent"), { name: "silent" }),
    ];
    const { belfry } = await world.start({ tasks });
    const ids: string[] = [];
    for (const { name } of tasks) ids.push((await belfry.task(name).run()).trackingId);
    await world.time.settle();
    console.log("the test itself");
    for (const job of [silent, other, asks]) job.last.complete();
    await world.time.settle();
    const logs = await Promise.all(
      ids.map(async (id) => (await belfry.runs.logs(id)).items.map(({ message }) => message)),
    );
    expect(logs).toEqual([["asks"], ["other"], []]);
  });

  test("does not take for the handler's what the engine, a hook or another run prints on its behalf", async () => {
    const world = new World();
    const inner = task(() => Promise.reject(new Error("no")), {
      name: "inner",
      onFailure: () => console.log("from the hook"),
      retries: 1,
      retryOn: () => {
        console.log("from retryOn");
        return false;
      },
    });
    const outer = task(
      async ({ log, progress }) => {
        log("own line");
        progress(0.5);
        await world.nodes[0]?.belfry.task("inner").run();
      },
      { captureConsole: true },
    );
    const { belfry, link } = await world.start({ tasks: [outer, inner], logger: defaultLogger });
    belfry.on("run.failed", () => console.log("from a listener"));
    const { trackingId } = await belfry.task("task").run();
    await world.time.advance(1_000);
    link.away = true;
    await world.time.advance(20_000);
    link.away = false;
    await world.time.advance(2_000);
    expect(printed.map(([, text]) => text)).toEqual(
      expect.arrayContaining(["from the hook", "from retryOn", "from a listener"]),
    );
    expect((await belfry.runs.logs(trackingId)).items.map(({ message }) => message)).toEqual(["own line"]);
  });

  test("restores the console when the last engine that asked stops", async () => {
    const world = new World();
    const asking = { tasks: [task(() => {}, { captureConsole: true })] };
    const plain = await world.start({ tasks: [task(() => {}, { name: "plain" })], app: "other" });
    expect(console.log).toBe(own.get("log"));
    const one = await world.start(asking);
    const two = await world.start(asking);
    expect(console.log).not.toBe(own.get("log"));
    await one.stop();
    await plain.stop();
    expect(console.log).not.toBe(own.get("log"));
    await two.stop();
    for (const method of methods) expect(console[method]).toBe(own.get(method));
  });

  test("leaves alone what somebody else put in its place in the meantime", async () => {
    const world = new World();
    const node = await world.start({ tasks: [task(() => {}, { captureConsole: true })] });
    const theirs = vi.fn();
    console.log = theirs;
    await node.stop();
    expect(console.log).toBe(theirs);
    expect(console.warn).toBe(own.get("warn"));
  });

  test("asks nothing of a run that has ended: what it still prints goes to the console only", async () => {
    const world = new World();
    const job = new Job();
    const late = async () => {
      void job.handler({ signal: new AbortController().signal } as Job["last"]["run"]).then(() => console.log("late"));
    };
    const { belfry } = await world.start({ tasks: [task(late, { captureConsole: true }), heldTask(new Job())] });
    const { trackingId } = await belfry.task("task").run();
    await world.time.settle();
    job.last.complete();
    await world.time.advance(1_000);
    expect(printed).toEqual([["log", "late"]]);
    expect((await belfry.runs.logs(trackingId)).items).toEqual([]);
  });
});
