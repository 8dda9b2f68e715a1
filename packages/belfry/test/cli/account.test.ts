import { describe, expect, test } from "vitest";
import { belfry, documentOf } from "./support/cli.ts";
import { useProject } from "./support/project.ts";

const project = useProject();
const on = (...argv: string[]) => [...argv, "--store", project().store];

describe("explain", () => {
  test("an instant that fired is 0, others are 1, each with its sentence", async () => {
    const { engine } = project();
    const at = new Date(Date.now() + 50);
    await engine.schedules.put("two words", "once", { at });
    await expect.poll(async () => (await engine.schedules.firings("two words", "once")).items.length).toBe(1);
    const words = ["explain", "two words", "--schedule", "once", "--at"];
    const ran = await belfry(on(...words, at.toISOString(), "--json"));
    expect({ exit: ran.exit, ...documentOf(ran) }).toMatchObject({
      ...{ exit: 0, ran: true },
      items: [{ task: "two words", schedules: [{ schedule: "once", verdict: "fired" }] }],
    });
    const human = await belfry(on(...words, at.toISOString()));
    expect(human.out).toMatch(/^once: fired$/m);
    expect(human.out).toMatch(/^ {2}trackingId +[0-9a-f]{24}$/m);
    const not = await belfry(on(...words, "2090-01-01T00:00Z"));
    expect(not).toMatchObject({ exit: 1, err: "", out: expect.stringMatching(/^once: \w+$/m) });
  });

  test("a local time: UTC is said, a time that comes twice is both, one that is left out moves", async () => {
    const explain = (...words: string[]) => belfry(on("explain", "billOnDemand", ...words, "--json"));
    const plain = await belfry(on("explain", "billOnDemand", "--at", "2090-03-29T02:30"));
    expect(plain.err).toContain("taken as UTC");
    const zone = ["--timezone", "Europe/Berlin"];
    const twice = documentOf(await explain("--at", "2026-10-25T02:30", ...zone));
    expect(twice).toMatchObject({ items: [{ at: "2026-10-25T00:30:00.000Z" }, { at: "2026-10-25T01:30:00.000Z" }] });
    const gap = documentOf(await explain("--at", "2026-03-29T02:30", ...zone));
    expect(gap).toMatchObject({ note: expect.stringContaining("03:30"), items: [{ at: "2026-03-29T01:30:00.000Z" }] });
  });
});

describe("audit", () => {
  test("of a sound ledger finds nothing", async () => {
    const audit = await belfry(on("audit", "--json"));
    expect({ exit: audit.exit, ...documentOf(audit) }).toMatchObject({ exit: 0, findings: [], found: 0 });
    expect((await belfry(on("audit", "--task", "two words"))).out).toMatch(/^found +0\n$/m);
  });
});

describe("forecast", () => {
  test("what is due: totals, a bar for each hour, the worst minutes, what is not known", async () => {
    const { out, exit } = await belfry(on("forecast", "--hours", "3"));
    expect(exit).toBe(0);
    expect(out).toMatch(/^firings +3$/m);
    expect(out.match(/^\S+Z +1 {2}#+$/gm)).toHaveLength(3);
    expect(out).toMatch(/^the worst minutes$/m);
    expect(documentOf(await belfry(on("forecast", "--json")))).toMatchObject({ perMinute: { length: 1_440 } });
  });
});
