import { beforeEach, describe, expect, test, vi } from "vitest";
import { agnost } from "../../src/agnost.ts";
import { heldTask, Job, task } from "./support/jobs.ts";
import { World } from "./support/world.ts";

describe("agnost", () => {
  // Whatever else listens on this machine: no server answers there.
  beforeEach(() => void vi.stubEnv("BELFRY_URL", "http://127.0.0.1:4"));

  test("is the one started engine", async () => {
    const world = new World();
    const node = await world.start({ tasks: [task(() => "ran")] });
    world.node({ tasks: [task(() => "never started")] });
    const result = await agnost.task("task").run();
    await world.time.settle();
    expect(await agnost.task("task").getTaskStatus(result.trackingId)).toMatchObject({ status: "completed" });
    await node.stop();
    await expect(agnost.task("task").run()).rejects.toMatchObject({ code: "E_NO_ENGINE" });
  });

  test("task() never throws; without a started engine its methods reject E_NO_ENGINE", async () => {
    const handle = agnost.task("task");
    const calls = [() => handle.run(), () => handle.runAndWait(), () => handle.getTaskStatus("0".repeat(24))];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "E_NO_ENGINE" });
  });

  test("with two started engines is E_ENGINE_AMBIGUOUS; with one of them stopped it is the other", async () => {
    const world = new World();
    const one = await world.start({ tasks: [task(() => {}, { name: "one" })] });
    const two = await world.start({ tasks: [task(() => {}, { name: "two" })], app: "other" });
    await expect(agnost.task("one").run()).rejects.toMatchObject({
      code: "E_ENGINE_AMBIGUOUS",
      message: expect.stringContaining("2 engines"),
    });
    await one.stop();
    expect(await agnost.task("two").run()).toMatchObject({ cronJobName: "two" });
    await two.stop();
  });

  test("inside of a handler is the handler's engine, however many are started, also after its awaits", async () => {
    const [left, right] = [new World(), new World()];
    const found: string[] = [];
    for (const [name, world] of Object.entries({ left, right })) {
      const outer = task(
        async () => {
          for (let n = 0; n < 3; n++) await Promise.resolve();
          found.push((await agnost.task(`${name} inner`).run()).cronJobName);
        },
        { name: "outer" },
      );
      await world.start({ tasks: [outer, task(() => {}, { name: `${name} inner` })] });
    }
    for (const world of [left, right]) {
      await world.nodes[0]?.belfry.task("outer").run();
      await world.time.settle();
    }
    expect(found).toEqual(["left inner", "right inner"]);
    await expect(agnost.task("outer").run()).rejects.toMatchObject({ code: "E_ENGINE_AMBIGUOUS" });
  });

  test("inside of a run that another engine's handler caused is that run's own engine", async () => {
    const [left, right] = [new World(), new World()];
    const found: string[] = [];
    const inner = task(async () => void found.push((await agnost.task("right only").run()).cronJobName), {
      name: "inner",
    });
    const target = await right.start({ tasks: [inner, task(() => {}, { name: "right only" })] });
    await left.start({ tasks: [task(async () => void (await target.belfry.task("inner").run()), { name: "outer" })] });
    await left.nodes[0]?.belfry.task("outer").run();
    await left.time.settle();
    await right.time.settle();
    expect(found).toEqual(["right only"]);
  });

  test("of a second copy of the module shares the engines, and what is inside", async () => {
    const world = new World();
    vi.resetModules();
    const copy: typeof import("../../src/agnost.ts") = await import("../../src/agnost.ts");
    expect(copy.agnost).not.toBe(agnost);
    const found: string[] = [];
    const job = new Job();
    const outer = task(async () => void found.push((await copy.agnost.task("job").run()).cronJobName), {
      name: "outer",
    });
    await world.start({ tasks: [outer, heldTask(job)] });
    await copy.agnost.task("outer").run();
    await world.time.settle();
    await world.start({ tasks: [], app: "other" });
    await world.nodes[0]?.belfry.task("outer").run();
    await world.time.settle();
    expect(found).toEqual(["job", "job"]);
    await expect(copy.agnost.task("job").run()).rejects.toMatchObject({ code: "E_ENGINE_AMBIGUOUS" });
    for (const { complete } of job.attempts) complete();
  });

  test("a second copy's captured console keeps each line once", async () => {
    const world = new World();
    vi.resetModules();
    const { Instance } = await import("../../src/engine/instance.ts");
    const copied = await world.start({
      tasks: [task(() => {}, { name: "copied", captureConsole: true })],
      make: (deps) => new Instance(deps),
    });
    const own = await world.start({
      tasks: [task(() => console.debug("once"), { captureConsole: true })],
      app: "other",
    });
    const { trackingId } = await own.belfry.task("task").run();
    await world.time.settle();
    expect((await own.belfry.runs.logs(trackingId)).items.map(({ message }) => message)).toEqual(["once"]);
    await own.stop();
    await copied.stop();
  });
});
