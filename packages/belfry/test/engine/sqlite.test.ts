import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { agnost } from "../../src/agnost.ts";
import { heldTask, Job, task } from "./support/jobs.ts";
import { freshFile, grown, next, startOn } from "./support/sqlite.ts";

const endsChild = fileURLToPath(new URL("support/ends.child.ts", import.meta.url));

describe("one engine on a file", () => {
  test("runs, retries, times out and records it all; another start finds it there", async () => {
    const file = await freshFile();
    const handler = ({ attempt, log, progress }: Job["last"]["run"]) => {
      log.warn(`attempt ${attempt}`, { n: attempt });
      progress(attempt / 2, "half");
      if (attempt === 1) throw new TypeError("once");
      return { sum: 3 };
    };
    const slow = ({ signal }: Job["last"]["run"]) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const tasks = [task(handler, { retries: 1, backoff: "1ms" }), task(slow, { name: "slow", timeout: "20ms" })];
    const first = await startOn(file, { tasks });
    const good = await first.task("task").runAndWait({ payload: { a: "ä😀" }, reason: "why", priority: 5 });
    const bad = await first.task("slow").runAndWait();
    expect(good).toMatchObject({
      status: "completed",
      result: { sum: 3 },
      payload: { a: "ä😀" },
      reason: "why",
      priority: 5,
    });
    expect(good.attempts.map(({ outcome }) => outcome)).toEqual(["E_HANDLER", "completed"]);
    expect(good.progress).toEqual({ value: 1, note: "half" });
    expect(bad).toMatchObject({ status: "errors", outcome: "E_TIMEOUT", errors: [{ code: "E_TIMEOUT" }] });
    await first.stop();
    await expect(first.runs.list()).rejects.toMatchObject({ code: "E_STOPPED" });

    const second = await startOn(file, { tasks: [], work: false });
    expect(await second.runs.get(good.trackingId)).toEqual(good);
    expect(await second.runs.get(bad.trackingId)).toEqual(bad);
    expect((await second.runs.logs(good.trackingId)).items).toMatchObject([
      { attempt: 1, level: "warn", message: "attempt 1", data: { n: 1 } },
      { attempt: 2, level: "warn", message: "attempt 2", data: { n: 2 } },
    ]);
    expect((await second.runs.list()).items.map(({ trackingId }) => trackingId)).toEqual([
      bad.trackingId,
      good.trackingId,
    ]);
  });

  test("takes 2,000 triggers at once: distinct ids, all end", async () => {
    const belfry = await startOn(await freshFile(), { tasks: [task(({ payload }) => payload)] });
    const results = await Promise.all(
      Array.from({ length: 2_000 }, (_, payload) => belfry.task("task").run({ payload })),
    );
    expect(new Set(results.map(({ trackingId }) => trackingId)).size).toBe(2_000);
    await expect
      .poll(async () => (await belfry.runs.list({ status: "completed", limit: 1_000 })).items.length, {
        timeout: 20_000,
      })
      .toBe(1_000);
    await expect
      .poll(async () => (await belfry.runs.list({ status: "pending", limit: 1 })).items.length, { timeout: 20_000 })
      .toBe(0);
    await expect
      .poll(async () => (await belfry.runs.list({ status: "processing", limit: 1 })).items.length, { timeout: 20_000 })
      .toBe(0);
  });

  test("cancels what waits and what runs, and abandons what ignores it", async () => {
    const [job, deaf] = [new Job({ obeys: true }), new Job()];
    const tasks = [heldTask(job), heldTask(deaf, { name: "deaf" })];
    const belfry = await startOn(await freshFile(), { tasks, stopGrace: "20ms" });
    const waits = await belfry.task("job").run({ delay: "1h" });
    expect(await belfry.runs.cancel(waits.trackingId, { reason: "late" })).toBe("ended");
    expect(await belfry.runs.get(waits.trackingId)).toMatchObject({
      errors: [{ message: "the run was cancelled: late" }],
    });
    for (const [name, attempts] of [
      ["job", job.attempts],
      ["deaf", deaf.attempts],
    ] as const) {
      const failed = next(belfry, "run.failed");
      const { trackingId } = await belfry.task(name).run();
      await grown(attempts, 1);
      expect(await belfry.runs.cancel(trackingId)).toBe("requested");
      expect(await failed).toMatchObject({ trackingId, error: { code: "E_CANCELLED" } });
      expect(await belfry.runs.get(trackingId)).toMatchObject({ status: "errors", outcome: "E_CANCELLED" });
    }
    deaf.last.complete();
  });

  test("fires a schedule at each instant, in a gapless ledger", async () => {
    const job = new Job();
    const belfry = await startOn(await freshFile(), {
      tasks: [heldTask(job, { schedule: { every: "1s" }, overlap: "allow" })],
    });
    await grown(job.attempts, 3);
    const due = job.attempts.slice(0, 3).map(({ run }) => run.scheduledFor?.getTime() ?? 0);
    expect(due.map((at) => at - (due[0] ?? 0))).toEqual([0, 1_000, 2_000]);
    const { items } = await belfry.schedules.firings("job");
    expect(items.slice(0, 3).map(({ instant, decision }) => [instant, decision])).toEqual(
      due.map((at) => [new Date(at).toISOString(), "fired"]),
    );
    for (const { complete } of job.attempts) complete();
  });

  test("is what agnost means, and a handler's triggers are its own", async () => {
    const job = new Job();
    const outer = task(async () => (await agnost.task("job").run({ payload: "from within" })).trackingId, {
      name: "outer",
    });
    const belfry = await startOn(await freshFile(), { tasks: [outer, heldTask(job)] });
    const { result } = await belfry.task("outer").runAndWait();
    await grown(job.attempts, 1);
    expect(job.last.run).toMatchObject({ trackingId: result, payload: "from within" });
    expect(await agnost.task("job").getTaskStatus(String(result))).toMatchObject({ status: "processing" });
    job.last.complete();
  });

  test.each([
    ["stop(), though a handler was abandoned", "stops", "", "stopped E_STOPPED"],
    ["a start() that failed", "fails", "/not/there", "refused E_STORE_OPEN"],
  ])("leaves nothing behind that keeps the process alive after %s", async (_, scene, under, says) => {
    const file = await freshFile();
    const child = spawn(process.execPath, [endsChild, `${file}${under}`, scene], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [text, [code]] = await Promise.all([child.stdout.toArray(), once(child, "exit")]);
    expect([code, text.join("").trim()]).toEqual([0, says]);
  });
});
