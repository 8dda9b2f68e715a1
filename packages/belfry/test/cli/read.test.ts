import { beforeAll, describe, expect, test } from "vitest";
import { belfry, documentOf } from "./support/cli.ts";
import { useProject } from "./support/project.ts";

const project = useProject();
const on = (...argv: string[]) => [...argv, "--store", project().store];
const json = async (...argv: string[]) => documentOf(await belfry(on(...argv, "--json")));
const rows = (out: string) => out.trimEnd().split("\n").slice(1);
let failed = "";
let completed = "";

beforeAll(async () => {
  const { engine } = project();
  const [bad, good] = [await engine.task("fails").runAndWait(), await engine.task("billOnDemand").runAndWait()];
  [failed, completed] = [bad.trackingId, good.trackingId];
});

describe("status", () => {
  test("is the seed's record, and the full one when asked", async () => {
    const { engine } = project();
    expect(await json("status", failed)).toEqual(await engine.task("fails").getTaskStatus(failed));
    expect(Object.keys(await json("status", failed))).toEqual(
      "trackingId cronJobId cronJobName triggeredAt status startedAt completedAt errors".split(" "),
    );
    const full = await engine.runs.get(failed);
    expect(Object.entries(await json("status", failed, "--full"))).toEqual(Object.entries(full ?? {}));
    const { out } = await belfry(on("status", failed, "--full"));
    expect(out).toMatch(/^attempts\n {2}attempt +node +fencingToken/m);
  });

  test("of a run that is not there is a negative answer", async () => {
    const { exit, err, out } = await belfry(on("status", "6237b225b9a84d607cd79044"));
    expect({ exit, out }).toEqual({ exit: 1, out: "" });
    expect(err).toMatch(/^belfry: there is no run "6237b225b9a84d607cd79044"; .+\n$/);
  });
});

describe("lists", () => {
  test("runs: newest first, filtered, and in pages", async () => {
    expect(rows((await belfry(on("runs"))).out)).toEqual([
      expect.stringMatching(`^${completed} +billOnDemand +completed +manual `),
      expect.stringMatching(`^${failed} +fails +errors +manual .+E_HANDLER$`),
    ]);
    const first = await belfry(on("runs", "--limit", "1", "--json"));
    const { cursor, items } = documentOf(first) as { cursor: string; items: { trackingId: string }[] };
    expect(items.map((run) => run.trackingId)).toEqual([completed]);
    expect((await belfry(on("runs", "--limit", "1"))).err).toBe(`there is more: --cursor ${cursor}\n`);
    const filters = ["--cursor", cursor, "--status", "errors", "--task", "fails", "--from", "2020-01-01"];
    expect(await json("runs", ...filters)).toMatchObject({ items: [{ trackingId: failed }] });
    expect(await belfry(on("runs", "--trigger", "retry"))).toEqual({ exit: 0, out: "", err: "no runs\n" });
  });

  test("tasks, and one of them", async () => {
    const { out } = await belfry(on("tasks"));
    expect(rows(out).map((row) => row.split(/ {2,}/).slice(0, 3))).toEqual([
      ["billOnDemand", "ok", "0 2 * * * (Europe/Berlin)"],
      ["fails", "failing", expect.any(String)],
      ["off", "disabled", "@daily"],
      ["two words", "ok", "every 1h"],
      ["waits", "ok"],
    ]);
    expect(await json("tasks")).toEqual(await project().engine.tasks.list());
    expect(await json("tasks", "two words")).toMatchObject({ name: "two words", schedules: [{ key: "default" }] });
    expect((await belfry(on("tasks", "off"))).out).toMatch(/^enabled +false$/m);
  });

  test("schedules, one of them, and what became of its instants", async () => {
    expect(rows((await belfry(on("schedules"))).out)).toHaveLength(3);
    expect(await json("schedules", "off")).toMatchObject({ items: [{ task: "off" }] });
    expect(await json("schedules", "off", "--key", "default")).toMatchObject({ schedule: { cron: "@daily" } });
    const misspelt = await belfry(on("schedules", "off", "--key", "defaul"));
    expect(misspelt).toMatchObject({ exit: 2, out: "", err: expect.stringContaining('did you mean "default"?') });
    expect(await json("schedules", "two words", "--firings", "--from", "2026-01-01")).toEqual({ items: [] });
  });

  test("logs: all lines, and those after some", async () => {
    expect(await json("logs", completed)).toEqual(await project().engine.runs.logs(completed));
    expect(await json("logs", completed, "--after", "1")).toMatchObject({ items: [{ level: "warn" }] });
    expect((await belfry(on("logs", failed))).err).toBe("no lines\n");
    const lines = (await belfry(on("logs", completed, "-f", "--after", "1"))).out;
    expect(lines).toMatch(/^\S+Z warn {2}red .+\n$/);
  });

  test("nodes", async () => {
    expect(await json("nodes")).toMatchObject({ items: [{ epoch: 1, running: 0 }] });
  });
});

describe("next", () => {
  test("of a task: of all its schedules, by time", async () => {
    const { items } = (await json("next", "two words", "--from", "2026-11-24T10:30Z", "--count", "2")) as {
      items: unknown[];
    };
    expect(items).toEqual([
      { instant: "2026-11-24T11:00:00.000Z", key: "default" },
      { instant: "2026-11-24T12:00:00.000Z", key: "default" },
    ]);
    expect(await belfry(on("next", "off"))).toMatchObject({ exit: 1, out: "" });
    expect(await belfry(on("next", "fails"))).toEqual({ exit: 0, out: "", err: "it is not due any more\n" });
  });

  test("of a pattern: without asking anybody", async () => {
    const argv = ["next", "--cron", "0 2 * * mon", "--timezone", "Europe/Berlin", "--from", "2026-11-24"];
    expect((await belfry([...argv, "--count", "1"])).out).toBe(
      "instant                   key\n2026-11-30T01:00:00.000Z\n",
    );
    expect(documentOf(await belfry([...argv, "--json"])).items).toHaveLength(5);
    expect(await belfry(["next", "--cron", "0 25 * * *"])).toMatchObject({ exit: 2, out: "" });
  });
});

describe("changes", () => {
  test("cancel ends a run that waits", async () => {
    const { trackingId } = await project().engine.task("fails").run({ delay: "1h" });
    expect(await json("cancel", trackingId, "--reason", "a test")).toEqual({ trackingId, outcome: "ended" });
    expect((await belfry(on("cancel", trackingId))).out).toBe(`${trackingId} ended: the run has ended\n`);
  });

  test("retry runs an ended run again", async () => {
    const done = await belfry(on("retry", failed, "--wait", "--json", "--reason", "again"));
    expect(done.exit).toBe(1);
    expect(documentOf(done)).toMatchObject({ retryOf: failed, reason: "again", status: "errors" });
  });

  test("keys are made, listed without secrets, and revoked", async () => {
    const made = await json("keys", "create", "--name", "deploy", "--scope", "trigger");
    expect(made).toMatchObject({ name: "deploy", scope: "trigger", secret: expect.stringMatching(/^belfry_/) });
    const { secret, ...info } = made;
    const listed = await belfry(on("keys", "list", "--json"));
    expect(documentOf(listed)).toEqual({ items: [info] });
    expect(listed.out).not.toContain(secret);
    expect(await json("keys", "revoke", String(made.id))).toMatchObject({ revokedAt: expect.any(String) });
    expect(await belfry(on("keys", "revoke", "00000000"))).toMatchObject({ exit: 1, out: "" });
    expect((await belfry(on("keys", "list"))).out).toContain("deploy");
  });
});
