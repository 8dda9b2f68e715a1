import { describe, expect, test } from "vitest";
import { belfry, documentOf } from "./support/cli.ts";
import { useProject } from "./support/project.ts";

const project = useProject();
const on = (...argv: string[]) => [...argv, "--store", project().store];
const json = async (...argv: string[]) => documentOf(await belfry(on("backfill", ...argv, "--json")));
const range = ["--from", "2020-01-01", "--to", "2020-01-01T02:00Z", "--force"];
const put = (task: string) => project().engine.schedules.put(task, "h", { every: "1h" });

describe("a backfill", () => {
  test("first says what it would do", async () => {
    expect(await json("two words", ...range, "--dry-run")).toMatchObject({ instants: 3, runs: 3 });
    const human = await belfry(on("backfill", "two words", ...range, "--order", "newest", "--dry-run"));
    expect(human.out).toMatch(/^runs +3$/m);
    expect(human.out).toMatch(/^2020-01-01T02:00:00.000Z +none +yes$/m);
    expect(await json("list")).toEqual({ items: [] });
  });

  test("is waited for; a run that failed is 1", async () => {
    const done = await belfry(on("backfill", "two words", ...range, "--concurrency", "2", "--wait", "--json"));
    expect({ exit: done.exit, ...documentOf(done) }).toMatchObject({ exit: 0, state: "done", made: 3, failed: 0 });
    await put("fails");
    const failed = await belfry(on("backfill", "fails", "--schedule", "h", ...range, "--wait"));
    expect(failed.exit).toBe(1);
    expect(failed.out).toMatch(/^failed +3$/m);
    expect((await json("list", "--task", "fails")).items).toMatchObject([{ task: "fails", state: "done" }]);
    expect((await belfry(on("backfill", "list"))).out.split("\n")).toHaveLength(4);
  });

  test("is paused, resumed and cancelled", async () => {
    await put("waits");
    const words = ["waits", "--schedule", "h", ...range, "--author", "ada", "--reason", "again"];
    const { id, ...made } = await json(...words);
    expect(made).toMatchObject({ state: "running", author: "ada", reason: "again", key: "h" });
    expect(await json("pause", String(id))).toMatchObject({ id, state: "paused" });
    expect((await belfry(on("backfill", "show", String(id)))).out).toMatch(/^state +paused$/m);
    expect(await json("resume", String(id))).toMatchObject({ state: "running" });
    expect(await json("cancel", String(id))).toMatchObject({ state: "cancelled", endedAt: expect.any(String) });
    project().gate.open();
  });
});
