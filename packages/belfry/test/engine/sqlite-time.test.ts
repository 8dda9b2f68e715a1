import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import type { Belfry } from "../../src/engine/belfry.ts";
import { heldTask, Job, task } from "./support/jobs.ts";
import { freshFile, grown, next, startOn, startShifted } from "./support/sqlite.ts";

const hourMs = 3_600_000;
type Put = Parameters<Belfry["schedules"]["put"]>[2];
type Terms = Partial<Exclude<Put, string>> & { catchUp?: object | string };

/** An engine on a file at half past, whose job is due on the hour from now on. */
async function hourly(job: Job, terms: Terms) {
  const stage = await startShifted(await freshFile(), { tasks: [heldTask(job)] });
  stage.shift.ms = Math.ceil(stage.clock.now() / hourMs) * hourMs + hourMs / 2 - stage.clock.now();
  const from = Math.floor(stage.clock.now() / hourMs) * hourMs;
  await stage.belfry.schedules.put("job", "default", { cron: "0 * * * *", ...terms } as Put);
  return { ...stage, from };
}

async function decisions(belfry: Belfry, key = "default", name = "job"): Promise<string[]> {
  return (await belfry.schedules.firings(name, key, { limit: 1_000 })).items.map(({ decision }) => decision);
}

describe("an outage on SQLite", () => {
  test.each<[string, number, Terms["catchUp"], number[], string[]]>([
    ["3 h, skip", 3, "skip", [], ["missed"]],
    ["3 h, latest", 3, "latest", [3], ["missed", "fired"]],
    ["3 h, all", 3, "all", [1, 2, 3], ["fired", "fired", "fired"]],
    ["3 h, all but two at most", 3, { policy: "all", limit: 2 }, [2, 3], ["missed", "fired", "fired"]],
    ["10 d, skip", 240, "skip", [], ["missed"]],
    ["10 d, latest", 240, "latest", [240], ["missed", "fired"]],
    ["10 d, all of three hours", 240, { policy: "all", window: "3h" }, [238, 239, 240], ["missed", ...three("fired")]],
  ])("%s", async (_, hours, catchUp, ran, told) => {
    const job = new Job();
    const { belfry, shift, from } = await hourly(job, { catchUp });
    shift.ms += hours * hourMs;
    await expect.poll(() => decisions(belfry), { timeout: 20_000 }).toEqual(told);
    for (const [index] of ran.entries()) {
      await grown(job.attempts, index + 1);
      expect(job.attempts).toHaveLength(index + 1);
      job.last.complete();
    }
    const seen = job.attempts.map(({ run }) => ((run.scheduledFor?.getTime() ?? 0) - from) / hourMs);
    expect(seen).toEqual(ran);
  });
});

function three(word: string): string[] {
  return [word, word, word];
}

describe("overlap on SQLite", () => {
  test("bufferOne: one waits, later ones are bufferFull", async () => {
    const job = new Job();
    const belfry = await startOn(await freshFile(), {
      tasks: [heldTask(job, { schedule: { every: "1s" }, overlap: "bufferOne" })],
    });
    const told = next(belfry, "firing.skipped");
    await grown(job.attempts, 1);
    expect(await told).toMatchObject({ reason: "bufferFull" });
    job.last.complete();
    await grown(job.attempts, 2);
    const [first, second] = job.attempts.map(({ run }) => run.scheduledFor?.getTime() ?? 0);
    expect((second ?? 0) - (first ?? 0)).toBe(1_000);
    expect((await decisions(belfry)).slice(0, 3)).toEqual(["fired", "fired", "bufferFull"]);
    job.last.complete();
  });

  test("cancelOther: what runs is cancelled, what waits for a retry ends at once and is told", async () => {
    const job = new Job({ obeys: true });
    const rules = { schedule: { every: "1s" }, overlap: "cancelOther", retries: 1, backoff: "1h" } as const;
    const belfry = await startOn(await freshFile(), { tasks: [heldTask(job, rules)], lease: "1s" });
    await grown(job.attempts, 1);
    const failed = next(belfry, "run.failed", ({ trackingId }) => trackingId === job.at(0).run.trackingId);
    job.at(0).fail(new Error("waits for its retry"));
    expect(await failed).toMatchObject({ error: { code: "E_CANCELLED" } });
    await grown(job.attempts, 3);
    const record = await belfry.runs.get(job.at(1).run.trackingId);
    expect(record?.errors?.at(-1)?.message).toMatch(/replaced by the firing of /);
  });

  test("pauseOnFailure pauses, and nothing fires after", async () => {
    const boom = () => {
      throw new Error("boom");
    };
    const schedule = { every: "1s", pauseOnFailure: 2 };
    const belfry = await startOn(await freshFile(), { tasks: [task(boom, { schedule })] });
    expect(await next(belfry, "firing.skipped")).toMatchObject({ reason: "paused" });
    expect(await belfry.schedules.get("task")).toMatchObject({
      failures: 2,
      paused: { author: "belfry", reason: "2 runs in a row failed" },
    });
    expect((await decisions(belfry, "default", "task")).slice(0, 3)).toEqual(["fired", "fired", "paused"]);
  });
});

describe("schedules at run time on SQLite", () => {
  test("thousands are put, paused by pattern, resumed and deleted; pages go on", async () => {
    const job = new Job();
    const belfry = await startOn(await freshFile(), { tasks: [heldTask(job)] });
    const items = Array.from({ length: 2_345 }, (_, n) => ({
      ...{ task: "job", key: `k ${String(n).padStart(4, "0")}`, schedule: { cron: `${n % 60} 3 * * *`, payload: n } },
    }));
    const { items: results } = await belfry.schedules.putMany(items, { author: "bulk" });
    expect(new Set(results.map((one) => "outcome" in one && one.outcome))).toEqual(new Set(["created"]));
    const { count } = await belfry.schedules.pause("job", "k 1*", { reason: "why" });
    expect(count).toBe(1_000);
    expect(await belfry.schedules.get("job", "k 1234")).toMatchObject({ paused: { reason: "why" }, author: "bulk" });
    expect((await belfry.schedules.resume("j*", "k 1*")).count).toBe(1_000);
    expect(await belfry.schedules.delete("job", "k 0000")).toEqual({ runs: [] });
    expect(await belfry.schedules.get("job", "k 0000")).toBeNull();
    expect(await belfry.tasks.get("job")).toMatchObject({ scheduleCount: 2_344, health: "ok" });
    const keys: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await belfry.schedules.list({ limit: 1_000, cursor });
      keys.push(...page.items.map(({ key }) => key));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(keys).toEqual(items.slice(1).map(({ key }) => key));
  });

  test("one fires with the instants around it; after a change and a deletion its ledger is still there", async () => {
    const job = new Job();
    const belfry = await startOn(await freshFile(), { tasks: [heldTask(job)] });
    await belfry.schedules.put("job", "k", { every: "1s", payload: { n: 1 } });
    await grown(job.attempts, 1);
    const { run } = job.last;
    const due = run.scheduledFor?.getTime() ?? 0;
    expect([run.previousFiring?.getTime(), run.nextFiring?.getTime()]).toEqual([due - 1_000, due + 1_000]);
    expect(run.payload).toEqual({ n: 1 });
    const changed = await belfry.schedules.put("job", "k", { cron: "0 0 1 1 *" });
    expect(changed).toMatchObject({ outcome: "changed", runs: [run.trackingId] });
    expect(await belfry.schedules.delete("job", "k")).toEqual({ runs: [run.trackingId] });
    expect((await decisions(belfry, "k")).slice(0, 1)).toEqual(["fired"]);
    job.last.complete();
  });

  test("a row that cannot be read is invalid, and healed by a put", async () => {
    const file = await freshFile();
    const belfry = await startOn(file, { tasks: [task(() => {})] });
    await belfry.schedules.put("task", "k", { cron: "0 0 1 1 *" });
    // The engine may be writing just now.
    const db = new DatabaseSync(file, { timeout: 10_000 });
    db.exec(`UPDATE schedules SET spec = '{"cron":"99 * * * *","timezone":"UTC"}'`);
    db.close();
    expect(await belfry.schedules.get("task", "k")).toMatchObject({ invalid: expect.any(String), nextFirings: [] });
    expect(await belfry.tasks.get("task")).toMatchObject({ health: "invalid" });
    const { outcome, schedule } = await belfry.schedules.put("task", "k", { every: "1s" });
    expect([outcome, schedule.invalid]).toEqual(["changed", undefined]);
    await next(belfry, "run.completed");
  });
});

describe("deploys on SQLite", () => {
  test("a superseded release is not applied again; an earlier set is put back", async () => {
    const file = await freshFile();
    const start = async (release: string, schedule: string) => {
      process.env.BELFRY_RELEASE = release;
      try {
        return await startOn(file, { tasks: [task(() => {}, { schedule })] });
      } finally {
        delete process.env.BELFRY_RELEASE;
      }
    };
    const cronOf = async (belfry: Belfry) => (await belfry.schedules.get("task"))?.schedule;
    const one = await start("v1", "0 1 1 1 *");
    await start("v2", "0 2 1 1 *");
    await start("v1", "0 1 1 1 *");
    expect(await cronOf(one)).toMatchObject({ cron: "0 2 1 1 *" });
    expect(await one.deploys.putBack(1)).toMatchObject({ number: 3, current: true });
    expect(await cronOf(one)).toMatchObject({ cron: "0 1 1 1 *" });
    const { items } = await one.deploys.list();
    expect(items.map(({ number, release, current }) => [number, release, current])).toEqual([
      [3, undefined, true],
      [2, "v2", false],
      [1, "v1", false],
    ]);
  });
});
