import { describe, expect, test } from "vitest";
import { defineTask } from "../../src/task/definition.ts";
import { openApp, outcomeOf, storeKinds, type TestApp } from "./support/app.ts";

const yearly = { cron: "0 2 29 2 *" };
const tasks = ["bill", "bill late", "report"].map((name) =>
  defineTask({
    name,
    schedule: [
      { key: "a", ...yearly },
      { key: "b", ...yearly },
    ],
    handler: () => {},
  }),
);

interface Amended {
  count: number;
  schedules: { task: string; key: string; paused?: object; skippedUntil?: string; nextFirings: string[] }[];
}

async function amend(app: TestApp, path: string, body?: object, headers = {}): Promise<Amended> {
  const response = await app.post(`/v1/tasks/${path}`, body, headers);
  expect(response.status).toBe(200);
  return (await response.json()) as Amended;
}

const names = ({ schedules }: Amended) => schedules.map(({ task, key }) => `${task}/${key}`);

describe.each(storeKinds)("on the %s store", (store) => {
  test("schedules are paused and resumed by name and by pattern, with reason, author and end", async () => {
    const app = await openApp({ store, tasks });
    const until = "2090-01-01T00:00:00.000Z";
    const one = await amend(app, "bill%20late/schedules/a/pause", { reason: "no bank", author: "ops", until });
    expect(one).toMatchObject({ count: 1, schedules: [{ paused: { reason: "no bank", author: "ops", until } }] });
    const all = await amend(app, "bill%2A/schedules/%2A/pause");
    expect(names(all)).toEqual(["bill/a", "bill/b", "bill late/a", "bill late/b"]);
    expect(all.schedules.every(({ nextFirings }) => nextFirings.length === 0)).toBe(true);
    expect((await amend(app, "*/schedules/b/resume")).count).toBe(2);
    expect(await app.engine.schedules.get("bill", "b")).not.toHaveProperty("paused");
    expect(await app.engine.schedules.get("bill", "a")).toHaveProperty("paused");
    expect((await amend(app, "none*/schedules/*/pause")).count).toBe(0);
  });

  test("instants are skipped by their count, and up to one", async () => {
    const app = await openApp({ store, tasks });
    const before = await app.engine.schedules.get("bill", "a");
    const [, , third] = before?.nextFirings ?? [];
    const skipped = await amend(app, "bill/schedules/a/skip", { count: 2 });
    expect(skipped.schedules[0]?.nextFirings[0]).toBe(third);
    const until = await amend(app, "bill/schedules/a/skip", { until: "2089-01-01T00:00:00+01:00" });
    expect(until.schedules[0]?.skippedUntil).toBe("2088-12-31T23:00:00.000Z");
  });
});

test("a pause is the key's whose it was, where nobody is named", async () => {
  const app = await openApp({ tasks });
  const { secret } = await app.engine.keys.create({ name: "night shift", scope: "trigger" });
  const paused = await amend(app, "bill/schedules/a/pause", {}, { authorization: `Bearer ${secret}` });
  expect(paused.schedules[0]?.paused).toMatchObject({ author: "night shift" });
});

describe("it is refused", () => {
  const cases: [string, string, unknown, string][] = [
    ["for a task that is none", "bil/schedules/a/pause", {}, "404 E_TASK_UNKNOWN"],
    ["for a key that is none", "bill/schedules/c/resume", {}, "404 E_SCHEDULE_UNKNOWN"],
    ["with an end that has no zone", "bill/schedules/a/pause", { until: "2090-01-01" }, "400 E_OPTION"],
    ["with what a resuming does not know", "bill/schedules/a/resume", { until: "x" }, "400 E_OPTION_UNKNOWN"],
    ["with a count of nothing", "bill/schedules/a/skip", { count: 0 }, "400 E_OPTION"],
    ["with half a count", "bill/schedules/a/skip", { count: 1.5 }, "400 E_OPTION"],
    ["with count and until", "bill/schedules/a/skip", { count: 1, until: "2090-01-01T00:00:00Z" }, "400 E_OPTION"],
    ["with a reason too long", "bill/schedules/a/pause", { reason: "x".repeat(1_001) }, "400 E_OPTION"],
  ];
  test.each(cases)("%s", async (_, path, body, outcome) => {
    const app = await openApp({ tasks });
    expect(await outcomeOf(await app.post(`/v1/tasks/${path}`, body))).toBe(outcome);
  });
});
