import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { belfry, documentOf } from "./support/cli.ts";
import { useProject } from "./support/project.ts";

const project = useProject();
const on = (...argv: string[]) => [...argv, "--store", project().store];
const put = (...argv: string[]) => belfry(on("schedules", "put", ...argv), { cwd: project().folder });
const get = (key: string) => project().engine.schedules.get("two words", key);

describe("one schedule", () => {
  test("is made, changed and left as it is, with all that flags can say", async () => {
    writeFileSync(join(project().folder, "holidays.json"), '["2026-12-25"]');
    writeFileSync(join(project().folder, "more.json"), '{"name":"fairs","dates":["2027-01-06"]}');
    const words = ["two words", "night", "--cron", "30 2 * * *", "--timezone", "Europe/Berlin", "--dst-gap", "skip"];
    const bounds = ["--start", "2026-01-01", "--end", "2030-01-01", "--spread", "10m"];
    const files = ["--exclude", "holidays.json", "--exclude", "more.json"];
    const terms = ["--payload", '{"a":1}', "--overlap", "bufferOne", "--catch-up", "all", "--priority", "-5"];
    const argv = [...words, ...bounds, ...files, ...terms, "--pause-on-failure", "3", "--author", "ada", "--json"];
    const made = documentOf(await put(...argv));
    expect(made).toMatchObject({ outcome: "created", runs: [] });
    expect(made.schedule).toEqual(await get("night"));
    expect(made.schedule).toMatchObject({
      ...{ task: "two words", key: "night", origin: "runtime", author: "ada" },
      schedule: {
        ...{ cron: "30 2 * * *", timezone: "Europe/Berlin", dst: { gap: "skip" }, spread: "10m" },
        ...{ start: "2026-01-01T00:00:00.000Z", end: "2030-01-01T00:00:00.000Z" },
        exclude: [
          { name: "fairs", dates: ["2027-01-06"] },
          { name: "holidays", dates: ["2026-12-25"] },
        ],
      },
      ...{ payload: { a: 1 }, overlap: "bufferOne", catchUp: "all", priority: -5, pauseOnFailure: 3 },
    });
    expect(documentOf(await put(...argv))).toMatchObject({ outcome: "unchanged" });
    const changed = await put("two words", "night", "--every", "15m", "--anchor", "2026-01-01T00:05Z");
    expect(changed).toMatchObject({ exit: 0, err: "" });
    expect(changed.out).toMatch(
      /^two words night changed: every 15m counted from 2026-01-01T00:05:00.000Z\n {2}\S+Z$/m,
    );
    expect(await get("night")).not.toHaveProperty("payload");
  });

  test("how its pattern is read where people expect something else is said", async () => {
    const { exit, err } = await put("two words", "either", "--cron", "0 0 13 * fri");
    expect({ exit, err }).toEqual({ exit: 0, err: expect.stringContaining("either") });
  });

  test("is deleted, once", async () => {
    await put("two words", "gone", "--at", "2090-01-01T00:00Z");
    const argv = on("schedules", "delete", "two words", "gone");
    expect(documentOf(await belfry([...argv, "--json"]))).toEqual({ task: "two words", key: "gone", runs: [] });
    expect(await get("gone")).toBeNull();
    expect(await belfry(argv)).toMatchObject({ exit: 2, out: "" });
  });
});

describe("many schedules", () => {
  const line = (key: string, schedule: unknown) => `${JSON.stringify({ task: "two words", key, schedule })}\n`;
  const bulk = (stdin: string, ...flags: string[]) =>
    belfry(on("schedules", "put", "--file", "-", ...flags), { stdin, cwd: project().folder });

  test("from stdin, a line each: an answer for each that failed", async () => {
    const good = Array.from({ length: 900 }, (_, index) => line(`k${index}`, { every: "1h" })).join("");
    const bad = [line("b1", { every: "x" }), '{"task":"none","schedule":"@daily"}\n', "{\n"];
    const { exit, out, err } = await bulk(good + bad.join(""), "--json");
    const told = out
      .trimEnd()
      .split("\n")
      .map((text) => JSON.parse(text) as Record<string, unknown>);
    expect({ exit, err }).toEqual({ exit: 1, err: "" });
    expect(told.at(-1)).toEqual({ created: 900, changed: 0, unchanged: 0, failed: 3 });
    expect(told.slice(0, -1).toSorted((a, b) => String(a.place).localeCompare(String(b.place)))).toMatchObject([
      { place: "line 901", task: "two words", key: "b1", error: { code: "E_DURATION" } },
      { place: "line 902", task: "none", error: { code: "E_TASK_UNKNOWN" } },
      { place: "line 903", error: { code: "E_USAGE" } },
    ]);
    const again = await bulk(good + line("k0", { at: "2090-01-01T00:00Z" }));
    expect(again).toEqual({ exit: 0, out: "0 schedules created, 1 changed, 900 unchanged, 0 failed\n", err: "" });
    expect((await project().engine.schedules.get("two words", "k0"))?.schedule).toEqual({
      at: "2090-01-01T00:00:00.000Z",
    });
  });

  test("from a file with one JSON array", async () => {
    const items = [
      { task: "two words", key: "a1", schedule: "@daily" },
      { task: "two words", key: "a2", schedule: 5 },
    ];
    writeFileSync(join(project().folder, "many.json"), JSON.stringify(items, undefined, 2));
    const { exit, out } = await put("--file", "many.json");
    expect(exit).toBe(1);
    expect(out).toMatch(/^item 2 two words\/a2: .+\n1 schedule created, 0 changed, 0 unchanged, 1 failed\n$/);
  });
});
