import { describe, expect, test } from "vitest";
import { type BelfryClient, createClient } from "../../src/client/index.ts";
import { asked } from "./support/asked.ts";
import { page, refusal, startFake } from "./support/fake.ts";

const id = "6237b225b9a84d607cd79044";
const at = new Date("2026-11-24T12:00:00+01:00");
const iso = "2026-11-24T11:00:00.000Z";
const amended = { count: 1, schedules: [], runs: [] };
const bill = "/v1/tasks/a%20b/schedules/default";
const account = "/v1/explain?task=a%20b&at=2026-11-24T11%3A00%3A00.000Z";

type Row = [
  what: string,
  call: (client: BelfryClient) => Promise<unknown>,
  request: string,
  answer: object,
  body?: unknown,
];

const definitions: Row[] = [
  [
    "schedules.put of a pattern",
    (c) => c.schedules.put("a b", "default", "0 2 * * *"),
    `PUT ${bill}`,
    { outcome: "created" },
    { cron: "0 2 * * *" },
  ],
  [
    "schedules.put with all that one may say",
    (c) =>
      c.schedules.put(
        "a b",
        "default",
        {
          ...{ cron: "0 2 * * *", timezone: "Europe/Berlin", dst: { gap: "skip" }, start: at, end: at, spread: "1m" },
          ...{ exclude: [{ name: "holidays", dates: ["2026-12-25"] }], payload: { at }, overlap: "bufferOne" },
          ...{ catchUp: { policy: "all", limit: 5 }, priority: 5, pauseOnFailure: 3 },
        },
        { author: "ops" },
      ),
    `PUT ${bill}`,
    { outcome: "changed" },
    {
      ...{ cron: "0 2 * * *", timezone: "Europe/Berlin", dst: { gap: "skip" }, start: iso, end: iso, spread: "1m" },
      ...{ exclude: [{ name: "holidays", dates: ["2026-12-25"] }], payload: { at: iso }, overlap: "bufferOne" },
      ...{ catchUp: { policy: "all", limit: 5 }, priority: 5, pauseOnFailure: 3, author: "ops" },
    },
  ],
  [
    "schedules.put of an interval",
    (c) => c.schedules.put("a b", "default", { every: "15m", anchor: at }),
    `PUT ${bill}`,
    { outcome: "changed" },
    { every: "15m", anchor: iso },
  ],
  [
    "schedules.put of one instant",
    (c) => c.schedules.put("a b", "default", { at }),
    `PUT ${bill}`,
    { outcome: "changed" },
    { at: iso },
  ],
  [
    "schedules.putMany",
    (c) => c.schedules.putMany([{ task: "a b", key: "k", schedule: { at } }], { author: "ops" }),
    "PUT /v1/schedules",
    { items: [{ task: "a b", key: "k", outcome: "created" }] },
    { schedules: [{ task: "a b", key: "k", schedule: { at: iso } }], author: "ops" },
  ],
  ["schedules.delete", (c) => c.schedules.delete("a b"), `DELETE ${bill}`, { runs: [id] }],
];

const amendments: Row[] = [
  [
    "schedules.pause of a pattern",
    (c) => c.schedules.pause("a*", undefined, { reason: "why", author: "ops", until: at }),
    "POST /v1/tasks/a%2A/schedules/%2A/pause",
    amended,
    { reason: "why", author: "ops", until: iso },
  ],
  ["schedules.resume", (c) => c.schedules.resume("a b", "default"), `POST ${bill}/resume`, amended, {}],
  [
    "schedules.skip",
    (c) => c.schedules.skip("a b", "default", { count: 3 }),
    `POST ${bill}/skip`,
    amended,
    { count: 3 },
  ],
  [
    "schedules.backfill",
    (c) => c.schedules.backfill("a b", "default", { from: at, to: at, reprocess: "failed", order: "newest" }),
    `POST ${bill}/backfill`,
    { id },
    { from: iso, to: iso, reprocess: "failed", order: "newest" },
  ],
  ["backfills.pause", (c) => c.backfills.pause(id), `POST /v1/backfills/${id}/pause`, { id }],
  ["backfills.resume", (c) => c.backfills.resume(id), `POST /v1/backfills/${id}/resume`, { id }],
  ["backfills.cancel", (c) => c.backfills.cancel(id), `POST /v1/backfills/${id}/cancel`, { id }],
  [
    "deploys.putBack",
    (c) => c.deploys.putBack(3, { app: "a b" }),
    "POST /v1/deploys/3/put-back?app=a%20b",
    { number: 4 },
  ],
];

const reads: Row[] = [
  ["backfills.get", (c) => c.backfills.get(id), `GET /v1/backfills/${id}`, { id }],
  [
    "backfills.list",
    (c) => c.backfills.list({ task: "a b", limit: 5 }),
    "GET /v1/backfills?task=a%20b&limit=5",
    { items: [] },
  ],
  ["deploys.list", (c) => c.deploys.list(), "GET /v1/deploys", { items: [] }],
  ["explain", (c) => c.explain("a b", { at }), `GET ${account}`, { schedules: [] }],
  ["explain of one", (c) => c.explain("a b", { at, schedule: "k" }), `GET ${account}&schedule=k`, { schedules: [] }],
  [
    "audit",
    (c) => c.audit({ task: "a b", to: at }),
    "GET /v1/audit?task=a%20b&to=2026-11-24T11%3A00%3A00.000Z",
    { findings: [] },
  ],
  ["forecast", (c) => c.forecast({ hours: 6 }), "GET /v1/forecast?hours=6", { perMinute: [] }],
];

test.each([...definitions, ...amendments, ...reads])("%s", async (_, call, request, answer, body) => {
  const { got, seen } = await asked(call, { [request]: answer });
  expect(got).toEqual(answer);
  expect(seen?.body).toEqual(body);
  expect(seen?.headers["idempotency-key"] !== undefined).toBe(!request.startsWith("GET"));
});

test("a dry run of a backfill writes nothing, and goes under no key", async () => {
  const estimate = { instants: 3, runs: 2, first: [] };
  const { got, seen } = await asked((c) => c.schedules.backfill("a b", "default", { from: at, to: at, dryRun: true }), {
    [`POST ${bill}/backfill`]: estimate,
  });
  expect(got).toEqual(estimate);
  expect(seen?.headers["idempotency-key"]).toBeUndefined();
});

describe("what is sent again", () => {
  test("a backfill, under one key, word for word", async () => {
    const fake = await startFake();
    fake.answers.set(`POST ${bill}/backfill`, { id });
    fake.faults.push("dropAfter", page(502), "cut");
    const client = createClient({ url: fake.url });
    expect(await client.schedules.backfill("a b", "default", { from: at, to: at })).toEqual({ id });
    const sent = fake.seen.map(({ path, headers, body }) => [path, headers["idempotency-key"], body]);
    expect(sent).toHaveLength(4);
    for (const one of sent) expect(one).toEqual(sent[0]);
  });

  test("a skip up to an instant, but none of so many: it would count from where the schedule is by then", async () => {
    const fake = await startFake();
    fake.answers.set(`POST ${bill}/skip`, amended);
    const client = createClient({ url: fake.url });
    fake.faults.push("dropAfter");
    expect(await client.schedules.skip("a b", "default", { until: at })).toEqual(amended);
    expect(fake.seen).toHaveLength(2);
    for (const options of [{ count: 2 }, {}]) {
      fake.faults.push("dropAfter");
      await expect(client.schedules.skip("a b", "default", options)).rejects.toMatchObject({
        code: "E_OUTCOME_UNKNOWN",
      });
    }
    fake.faults.push(page(503));
    expect(await client.schedules.skip("a b", "default", { count: 2 })).toEqual(amended);
    expect(fake.seen).toHaveLength(6);
  });

  test("a removal whose answer was lost: that it is gone then is what was wanted", async () => {
    const fake = await startFake();
    const gone = refusal(404, "E_SCHEDULE_UNKNOWN", "no such schedule");
    fake.faults.push("dropAfter", gone);
    const client = createClient({ url: fake.url });
    expect(await client.schedules.delete("a b")).toEqual({ runs: [] });
    fake.faults.push(gone);
    await expect(client.schedules.delete("a b")).rejects.toMatchObject({ code: "E_SCHEDULE_UNKNOWN" });
    fake.faults.push(page(503), gone);
    await expect(client.schedules.delete("a b")).rejects.toMatchObject({ code: "E_SCHEDULE_UNKNOWN" });
  });
});

describe("what JSON would lose or change in silence is refused before it is sent", () => {
  const api = createClient({ url: "http://127.0.0.1:1", fetch: () => Promise.reject(new Error("it was sent")) });
  const cases: [string, () => Promise<unknown>, string][] = [
    ["a text for a Date", () => api.schedules.put("a", "k", { at: iso as unknown as Date }), "E_OPTION"],
    [
      "a Date that is none",
      () => api.schedules.put("a", "k", { every: "1m", anchor: new Date(Number.NaN) }),
      "E_OPTION",
    ],
    ["a payload that is no JSON", () => api.schedules.put("a", "k", { at, payload: () => {} }), "E_PAYLOAD"],
    ["a function", () => api.schedules.put("a", "k", { cron: "* * * * *", timezone: (() => {}) as never }), "E_OPTION"],
    ["a number that is none", () => api.schedules.put("a", "k", { at, priority: Number.NaN }), "E_OPTION"],
    ["a field that is unknown", () => api.schedules.put("a", "k", { at, author: "ops" } as never), "E_OPTION_UNKNOWN"],
    ["nothing", () => api.schedules.put("a", "k", undefined as never), "E_OPTION"],
    ["a key that no path can say", () => api.schedules.put("a", "..", { at }), "E_OPTION"],
    ["a list that is none", () => api.schedules.putMany({} as never), "E_OPTION"],
    ["a reason that is no text", () => api.schedules.pause("a", "*", { reason: (() => {}) as never }), "E_OPTION"],
    ["an option that is unknown", () => api.schedules.resume("a", "*", { until: at } as never), "E_OPTION_UNKNOWN"],
    ["a pattern that no path can say", () => api.schedules.skip("", "*"), "E_TASK_UNKNOWN"],
    ["a key that is none", () => api.schedules.delete("a", ""), "E_SCHEDULE_UNKNOWN"],
    ["a backfill's id that is none", () => api.backfills.get(""), "E_BACKFILL_UNKNOWN"],
    ["a deploy's number that is none", () => api.deploys.putBack(0), "E_OPTION"],
    ["no instant", () => api.explain("a", {} as never), "E_OPTION"],
    ["no task", () => api.explain("", { at }), "E_TASK_UNKNOWN"],
  ];
  test.each(cases)("%s", (_, call, code) => expect(call()).rejects.toMatchObject({ code }));
});
