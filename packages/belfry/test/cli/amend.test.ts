import { describe, expect, test } from "vitest";
import { belfry, documentOf } from "./support/cli.ts";
import { useProject } from "./support/project.ts";

const project = useProject();
const on = (...argv: string[]) => [...argv, "--store", project().store];
const scheduleOf = (task: string) => project().engine.schedules.get(task);

describe("pause and resume", () => {
  test("of one task: reason, author and until are kept, and told", async () => {
    const environment = { USER: "ada" };
    const words = ["pause", "two words", "--reason", "the bank is down", "--until", "2099-01-01"];
    const paused = await belfry(on(...words), { environment });
    expect(paused).toMatchObject({ exit: 0, err: "" });
    expect(paused.out).toMatch(
      /^two words +default +paused by ada until 2099-01-01T00:00:00.000Z \(the bank is down\)/m,
    );
    expect(paused.out).toMatch(/^1 schedule paused$/m);
    expect((await scheduleOf("two words"))?.paused).toMatchObject({ author: "ada", reason: "the bank is down" });
    expect((await belfry(on("schedules", "two words"))).out).toContain("paused by ada");
    const next = await belfry(on("next", "two words", "--count", "1", "--json"));
    expect(documentOf(next)).toMatchObject({ items: [{ instant: "2099-01-01T00:00:00.000Z" }], notes: [/paused/] });
    expect((await belfry(on("resume", "two words"))).out).toMatch(/^1 schedule resumed$/m);
    expect((await scheduleOf("two words"))?.paused).toBeUndefined();
    expect(await belfry(on("resume", "two words"))).toEqual({ exit: 0, out: "", err: "no schedule was changed\n" });
  });

  test("by pattern; a pattern without a match changes nothing", async () => {
    const result = documentOf(await belfry(on("pause", "*i*", "--schedule", "def*", "--author", "eve", "--json")));
    expect(result).toMatchObject({
      count: 1,
      schedules: [{ task: "billOnDemand", paused: { author: "eve" } }],
      runs: [],
    });
    expect(await belfry(on("pause", "none*"))).toEqual({ exit: 0, out: "", err: "no schedule was changed\n" });
    expect(documentOf(await belfry(on("pause", "*", "--json")))).toMatchObject({ count: 3 });
    expect(documentOf(await belfry(on("resume", "*", "--json")))).toMatchObject({ count: 3 });
  });
});

describe("skip", () => {
  test("the next instant, several, or all before one", async () => {
    const [first, second, third] = (await scheduleOf("two words"))?.nextFirings ?? [];
    const one = documentOf(await belfry(on("skip", "two words", "--json")));
    expect(one).toMatchObject({ count: 1, schedules: [{ nextFirings: expect.arrayContaining([second]) }] });
    expect((await scheduleOf("two words"))?.nextFirings).not.toContain(first);
    await belfry(on("skip", "two words", "--count", "2"));
    expect((await scheduleOf("two words"))?.nextFirings[0]).toBe(third);
    const until = await belfry(on("skip", "two words", "--until", "2098-12-31T23:59Z"));
    expect(until.out).toMatch(
      /^two words +default +skipped until 2098-12-31T23:59:00.000Z +2099-01-01T00:00:00.000Z$/m,
    );
    expect(until.out).toMatch(/^1 schedule skipped$/m);
  });
});
