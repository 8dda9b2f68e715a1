import { describe, expect, test } from "vitest";
import { limits } from "../../src/base/limits.ts";
import { defineTask } from "../../src/task/definition.ts";
import { task } from "../engine/support/jobs.ts";
import { openApp, outcomeOf, storeKinds, type TestApp } from "./support/app.ts";

const nightly = { cron: "0 2 29 2 *", timezone: "Europe/Berlin" };
const path = "/v1/tasks/task/schedules";

const tasks = [
  task(() => {}),
  defineTask({ name: "coded", schedule: { at: new Date("2099-01-01T00:00:00Z") }, handler: () => {} }),
];

function put(app: TestApp, to: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const init = { method: "PUT", body: JSON.stringify(body) };
  return app.ask(to, { ...init, headers: { "content-type": "application/json", ...headers } });
}

async function json(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>;
}

describe.each(storeKinds)("on the %s store", (store) => {
  test("a schedule is made, changed, found again, and removed", async () => {
    const app = await openApp({ store, tasks });
    const made = await put(app, `${path}/nightly`, nightly);
    expect([made.status, await json(made)]).toMatchObject([
      201,
      { outcome: "created", schedule: { key: "nightly", origin: "runtime", schedule: nightly }, runs: [] },
    ]);
    const same = await put(app, `${path}/nightly`, nightly);
    expect([same.status, (await json(same)).outcome]).toEqual([200, "unchanged"]);
    const changed = await put(app, `${path}/nightly`, { ...nightly, overlap: "bufferOne", priority: 5 });
    expect([changed.status, (await json(changed)).outcome]).toEqual([200, "changed"]);
    const found = await json(await app.ask(`${path}/nightly`));
    expect(found).toMatchObject({ overlap: "bufferOne", priority: 5, schedule: nightly });
    const removed = await app.ask(`${path}/nightly`, { method: "DELETE" });
    expect([removed.status, await json(removed)]).toEqual([200, { runs: [] }]);
    expect(await outcomeOf(await app.ask(`${path}/nightly`))).toBe("404 E_SCHEDULE_UNKNOWN");
    expect(await outcomeOf(await app.ask(`${path}/nightly`, { method: "DELETE" }))).toBe("404 E_SCHEDULE_UNKNOWN");
  });

  test("what JSON says is what code says: instants, calendars, terms and payload", async () => {
    const app = await openApp({ store, tasks });
    const said = {
      ...{ every: "1h30m", anchor: "2026-01-01T01:00:00+01:00", start: "2090-01-01T00:00:00Z", spread: "5m" },
      ...{ end: "2099-12-31T00:00:00Z", exclude: [{ name: "holidays", dates: ["2090-12-25"] }] },
      ...{ payload: { month: 11 }, catchUp: { policy: "all", limit: 5 }, pauseOnFailure: 3, author: "ops" },
    };
    const { schedule } = await json(await put(app, `${path}/all`, said));
    expect(schedule).toMatchObject({
      schedule: {
        ...{ every: "1h30m", anchor: "2026-01-01T00:00:00.000Z", start: "2090-01-01T00:00:00.000Z", spread: "5m" },
        ...{ end: "2099-12-31T00:00:00.000Z", exclude: said.exclude },
      },
      ...{ payload: { month: 11 }, catchUp: { policy: "all", limit: 5 }, pauseOnFailure: 3, author: "ops" },
    });
    const code = { every: "1h30m", anchor: new Date(said.anchor), start: new Date(said.start), spread: "5m" } as const;
    const rest = { end: new Date(said.end), exclude: said.exclude, payload: said.payload, pauseOnFailure: 3 };
    const again = await app.engine.schedules.put("task", "all", {
      ...{ ...code, ...rest, catchUp: { policy: "all", limit: 5 } },
    });
    expect(again.outcome).toBe("unchanged");
    const once = await json(await put(app, `${path}/once`, { at: "2099-01-01T00:00:00Z" }));
    expect(once).toMatchObject({ schedule: { nextFirings: ["2099-01-01T00:00:00.000Z"] } });
  });

  test("a thousand are put at once, each answered in its place", async () => {
    const app = await openApp({ store, tasks });
    const schedules: unknown[] = Array.from({ length: limits.schedulesPerCommitMax }, (_, n) => ({
      ...{ task: "task", key: `customer-${n}`, schedule: n % 2 === 0 ? nightly.cron : { ...nightly, payload: { n } } },
    }));
    const wrong: [number, unknown, string][] = [
      [0, 7, "E_OPTION"],
      [1, { task: "taks", schedule: nightly }, "E_TASK_UNKNOWN"],
      [2, { task: "task", key: "x/y", schedule: nightly }, "E_OPTION"],
      [3, { task: "task", key: "a", schedule: { cron: "0 25 * * *" } }, "E_SCHEDULE"],
      [4, { task: "task", key: "b", schedule: { ...nightly, timezone: "Mars/Base" } }, "E_TIMEZONE"],
      [5, { task: "task", key: "c", schedule: { ...nightly, prioritee: 1 } }, "E_OPTION_UNKNOWN"],
      [6, { task: "task", key: "d", schedule: { ...nightly, start: "tomorrow" } }, "E_OPTION"],
      [7, { task: "task", key: "e", schedules: nightly }, "E_OPTION_UNKNOWN"],
      [8, { task: "coded", schedule: nightly }, "E_SCHEDULE_CODE"],
      [9, { task: "task", key: "f", schedule: { every: "5" } }, "E_DURATION"],
    ];
    for (const [index, item] of wrong) schedules[index] = item;
    const response = await put(app, "/v1/schedules", { schedules, author: "import" });
    expect(response.status).toBe(200);
    const { items } = (await response.json()) as {
      items: { task: string; key: string; outcome?: string; error?: { code: string; message: string } }[];
    };
    expect(items).toHaveLength(schedules.length);
    expect(items.slice(0, wrong.length).map(({ error }) => error?.code)).toEqual(wrong.map(([, , code]) => code));
    expect(items[5]?.error?.message).toContain("schedules[5].schedule.prioritee");
    expect(items[9]?.error?.message).toContain("[9].schedule.every");
    expect(items.slice(wrong.length).every(({ outcome }) => outcome === "created")).toBe(true);
    expect(items.at(-1)).toEqual({ task: "task", key: `customer-${schedules.length - 1}`, outcome: "created" });
    expect(await app.engine.schedules.get("task", "customer-17")).toMatchObject({
      ...{ author: "import", payload: { n: 17 } },
    });
  });
});

describe("a schedule is refused", () => {
  const cases: [string, unknown, string][] = [
    ["without a time", {}, "400 E_OPTION"],
    ["with two", { ...nightly, every: "1h" }, "400 E_OPTION"],
    ["with a pattern that is none", { cron: "hourly" }, "400 E_SCHEDULE"],
    ["with a pattern that is no text", { cron: 5 }, "400 E_SCHEDULE"],
    ["with a zone that is none", { cron: "0 2 * * *", timezone: "Berlin" }, "400 E_TIMEZONE"],
    ["with an interval without a unit", { every: "15" }, "400 E_DURATION"],
    ["with an instant without a zone", { at: "2099-01-01T00:00:00" }, "400 E_OPTION"],
    ["with an instant of after 2099", { at: "2100-01-01T00:00:00Z" }, "400 E_OPTION"],
    ["with a number as instant", { every: "1h", anchor: 0 }, "400 E_OPTION"],
    ["with a field that is unknown", { ...nightly, jitter: "1m" }, "400 E_OPTION_UNKNOWN"],
    ["with a key in its body", { ...nightly, key: "x" }, "400 E_OPTION_UNKNOWN"],
    ["with an unknown field in its clock rule", { cron: "0 2 * * *", dst: { gaps: "skip" } }, "400 E_OPTION_UNKNOWN"],
    ["with an overlap that is none", { ...nightly, overlap: "queue" }, "400 E_OPTION"],
    ["with an author that is too long", { ...nightly, author: "x".repeat(129) }, "400 E_OPTION"],
    ["that is a text", nightly.cron, "400 E_OPTION"],
    ["that is too large", { ...nightly, payload: "x".repeat(limits.scheduleRequestBytesMax) }, "413 E_TOO_LARGE"],
  ];
  test.each(cases)("%s", async (_, body, outcome) => {
    const app = await openApp({ tasks });
    expect(await outcomeOf(await put(app, `${path}/odd`, body))).toBe(outcome);
    expect(await app.engine.schedules.get("task", "odd")).toBeNull();
  });

  test("that the app's code defines, in whatever way", async () => {
    const app = await openApp({ tasks });
    const coded = "/v1/tasks/coded/schedules/default";
    expect(await outcomeOf(await put(app, coded, nightly))).toBe("409 E_SCHEDULE_CODE");
    expect(await outcomeOf(await app.ask(coded, { method: "DELETE" }))).toBe("409 E_SCHEDULE_CODE");
  });

  test("in a list of none and of too many", async () => {
    const app = await openApp({ tasks });
    const many = Array.from({ length: limits.schedulesPerCommitMax + 1 }, () => 0);
    for (const schedules of [[], many, {}, undefined]) {
      expect(await outcomeOf(await put(app, "/v1/schedules", { schedules }))).toBe("400 E_OPTION");
    }
  });
});

test("the largest schedule that may be fits: a full payload, and ten calendars of 4,000 dates", async () => {
  const app = await openApp({ tasks });
  const day = (n: number) => new Date(n * 86_400_000).toISOString().slice(0, 10);
  const exclude = Array.from({ length: 10 }, (_, n) => ({
    ...{ name: `calendar-${n}`, dates: Array.from({ length: 4_000 }, (__, at) => day(n * 4_000 + at)) },
  }));
  const payload = "x".repeat(limits.payloadBytesMax - 2);
  expect(await outcomeOf(await put(app, `${path}/large`, { cron: "0 2 * * *", exclude, payload }))).toBe("201");
});

test("the author is whom the request names, else the key that opened, else nobody", async () => {
  const app = await openApp({ tasks });
  expect(await json(await put(app, `${path}/a`, nightly))).not.toHaveProperty("schedule.author");
  const { secret } = await app.engine.keys.create({ name: "night shift", scope: "admin" });
  const headers = { authorization: `Bearer ${secret}` };
  expect(await json(await put(app, `${path}/b`, nightly, headers))).toMatchObject({
    schedule: { author: "night shift" },
  });
  const named = { ...nightly, author: "ops" };
  expect(await json(await put(app, `${path}/c`, named, headers))).toMatchObject({ schedule: { author: "ops" } });
  await put(app, "/v1/schedules", { schedules: [{ task: "task", key: "d", schedule: nightly }] }, headers);
  expect(await app.engine.schedules.get("task", "d")).toMatchObject({ author: "night shift" });
});
