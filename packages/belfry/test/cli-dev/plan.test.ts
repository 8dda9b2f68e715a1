import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Cli } from "./support/cli.ts";
import { type Files, makeProject, write } from "./support/project.ts";

const slow = { timeout: 60_000 };
const task = (name: string, more: string) =>
  `import { defineTask } from "belfry";\nexport default defineTask({ name: "${name}", ${more}, handler: () => {} });\n`;
const files: Files = {
  "tasks/bill.ts": task("bill", 'schedule: { cron: "30 2 * * *", timezone: "Europe/Berlin" }'),
  "tasks/hourly.ts": task("hourly", 'schedule: { every: "1h" }'),
};

/** Runs a command to its end. */
async function run(folder: string, args: readonly string[], environment: Record<string, string> = {}) {
  const cli = new Cli(folder, args, environment);
  const { code, stderr } = await cli.ended();
  return { code, stderr, out: cli.out.join("\n") };
}

/** Starts a project, and stops it once it has started. */
async function startOnce(folder: string, environment: Record<string, string> = {}, ...flags: string[]): Promise<void> {
  const start = new Cli(folder, ["start", "--no-server", ...flags], environment);
  await start.line(/"started"/);
  start.signal("SIGTERM");
  expect((await start.ended()).code).toBe(0);
}

const planOf = async (folder: string, environment: Record<string, string> = {}) => {
  const { code, out, stderr } = await run(folder, ["plan", "--json"], environment);
  return { code, stderr, plan: JSON.parse(out) as Record<string, unknown> };
};

test(
  "what a start would change: nothing, then each thing, with firings before and after; nothing is written",
  slow,
  async () => {
    const folder = makeProject(files);
    await startOnce(folder);
    expect(await run(folder, ["plan"])).toMatchObject({
      code: 0,
      stderr: "",
      out: expect.stringContaining("nothing changes"),
    });
    write(folder, {
      "tasks/bill.ts": task("bill", 'schedule: { cron: "45 2 * * *", timezone: "Europe/Berlin" }'),
      "tasks/hourly.ts": task("new", 'schedule: "@daily"'),
    });
    const { code, stderr, plan } = await planOf(folder);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    const schedules = plan.schedules as {
      task: string;
      change: string;
      firingsBefore: string[];
      firingsAfter: string[];
    }[];
    const counted = schedules.map((one) => [one.task, one.change, one.firingsBefore.length, one.firingsAfter.length]);
    expect(counted.toSorted()).toEqual([
      ["bill", "changed", 10, 10],
      ["hourly", "removed", 10, 0],
      ["new", "added", 0, 10],
    ]);
    expect(plan.surprises).toEqual(
      expect.arrayContaining([expect.objectContaining({ task: "bill", kind: "shifted" })]),
    );
    const { out } = await run(folder, ["plan"]);
    for (const line of ["~ bill default", "- hourly default", "+ new default"]) expect(out.split("\n")).toContain(line);
    expect(out).toContain("what changing clocks do within a year");
    // It still changes the same: the plan itself changed nothing.
    expect((await planOf(folder)).plan.current).toEqual(plan.current);
  },
);

test("a plan makes no store", slow, async () => {
  const folder = makeProject(files);
  const { code, stderr } = await run(folder, ["plan"]);
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr: expect.stringMatching(/^belfry: store [^\n]+belfry migrate[^\n]+\n$/),
  });
  expect(existsSync(join(folder, "belfry.db"))).toBe(false);
  await run(folder, ["migrate"]);
  expect(await planOf(folder)).toMatchObject({ code: 1, plan: { tasks: [{ change: "added" }, { change: "added" }] } });
});

test("a plan of a project that cannot be loaded is wrong usage", slow, async () => {
  const folder = makeProject({ "tasks/bad.ts": "enum A { B }" });
  expect(await run(folder, ["plan"])).toMatchObject({
    code: 2,
    out: "",
    stderr: expect.stringMatching(/tasks\/bad\.ts:1/),
  });
  expect(await run(folder, ["plan", "nowhere"])).toMatchObject({ code: 2, out: "" });
});

test("a start that removes more than half is refused, and done with --prune", slow, async () => {
  const folder = makeProject({ ...files, "tasks/third.ts": task("third", 'schedule: "@daily"') });
  await startOnce(folder);
  const only = { ...files, "tasks/bill.ts": "", "tasks/third.ts": "" };
  write(folder, only);
  const refused = await run(folder, ["start", "--no-server"]);
  expect(refused).toMatchObject({ code: 1, out: "" });
  expect(refused.stderr).toMatch(/^belfry: this set would remove 4 of the 6 [^\n]+--prune[^\n]+\n$/);
  await startOnce(folder, {}, "--prune");
  const { out } = await run(folder, ["tasks", "--json"]);
  expect((JSON.parse(out) as { items: { name: string }[] }).items.map(({ name }) => name)).toEqual(["hourly"]);
});

test("releases: a superseded one is not applied again, and may be put back", slow, async () => {
  const folder = makeProject(files);
  const [first, second] = [{ BELFRY_RELEASE: "1" }, { BELFRY_RELEASE: "2" }];
  await startOnce(folder, first);
  const old = readFileSync(join(folder, "tasks/bill.ts"), "utf8");
  write(folder, { "tasks/bill.ts": task("bill", 'schedule: "@daily"') });
  await startOnce(folder, second);
  const listed = JSON.parse((await run(folder, ["deploys", "--json"])).out) as { items: Record<string, unknown>[] };
  expect(listed.items).toMatchObject([
    { number: 2, release: "2", current: true },
    { number: 1, release: "1", current: false },
  ]);
  write(folder, { "tasks/bill.ts": old });
  expect((await planOf(folder, first)).plan).toMatchObject({ superseded: true });
  await startOnce(folder, first);
  const cronOf = async () => JSON.parse((await run(folder, ["schedules", "bill", "--key", "default", "--json"])).out);
  expect(await cronOf()).toMatchObject({ schedule: { cron: "@daily" } });
  const back = await run(folder, ["deploys", "put-back", "1", "--json"]);
  expect({ code: back.code, ...JSON.parse(back.out) }).toMatchObject({
    code: 0,
    number: 3,
    current: true,
  });
  expect(await cronOf()).toMatchObject({ schedule: { cron: "30 2 * * *" } });
});
