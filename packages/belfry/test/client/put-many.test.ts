import { expect, test } from "vitest";
import { limits } from "../../src/base/limits.ts";
import { batchesOf } from "../../src/client/batches.ts";
import { createClient, type PutItem } from "../../src/client/index.ts";

const cron = "0 2 * * *";

/** A server that puts whatever it is sent, and what it was sent. */
function putter() {
  const bodies: string[] = [];
  const answer: typeof fetch = async (_, init) => {
    const body = String(init?.body);
    bodies.push(body);
    const { schedules } = JSON.parse(body) as { schedules: PutItem[] };
    return Response.json({ items: schedules.map(({ task, key = "default" }) => ({ task, key, outcome: "created" })) });
  };
  return { bodies, client: createClient({ url: "http://127.0.0.1:1", fetch: answer }) };
}

test("many schedules go in requests of a thousand, and are answered in order", async () => {
  const { bodies, client } = putter();
  const items = Array.from({ length: 2_500 }, (_, n) => ({ task: "bill", key: `customer-${n}`, schedule: cron }));
  const answer = await client.schedules.putMany(items, { author: "ops" });
  expect(answer.items.map(({ key }) => key)).toEqual(items.map(({ key }) => key));
  const sent = bodies.map((body) => JSON.parse(body) as { schedules: unknown[]; author: string });
  expect(sent.map(({ schedules, author }) => [schedules.length, author])).toEqual([
    [1_000, "ops"],
    [1_000, "ops"],
    [500, "ops"],
  ]);
});

test("no request is larger than what a server reads", async () => {
  const { bodies, client } = putter();
  // Of three bytes a character.
  const payload = "…".repeat(80_000);
  const items = Array.from({ length: 200 }, (_, n) => ({ task: "bill", key: `k${n}`, schedule: { cron, payload } }));
  expect((await client.schedules.putMany(items)).items).toHaveLength(200);
  expect(bodies.length).toBeGreaterThan(2);
  for (const body of bodies) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(limits.bulkRequestBytesMax);
});

test("what is wrong with one is its own answer, and the others are sent", async () => {
  const { bodies, client } = putter();
  const items = [
    { task: "bill", schedule: cron },
    { task: "bill", key: "odd", schedule: { cron, payload: 5n } },
    5,
    { task: "bill", key: "dates", schedule: { at: "2026-11-24" } },
    { task: () => {}, schedule: cron },
    { task: "bill", key: "last", schedule: { every: "1m" } },
  ];
  const answer = await client.schedules.putMany(items as unknown as PutItem[]);
  expect(answer.items).toMatchObject([
    { task: "bill", key: "default", outcome: "created" },
    { task: "bill", key: "odd", error: { code: "E_PAYLOAD" } },
    { task: "", key: "default", error: { code: "E_OPTION" } },
    { task: "bill", key: "dates", error: { code: "E_OPTION" } },
    { task: "", key: "default", error: { code: "E_OPTION" } },
    { task: "bill", key: "last", outcome: "created" },
  ]);
  expect(JSON.parse(bodies[0] ?? "")).toEqual({
    schedules: [
      { task: "bill", schedule: { cron } },
      { task: "bill", key: "last", schedule: { every: "1m" } },
    ],
  });
});

test("nothing is asked for nothing, and for what is all wrong", async () => {
  const { bodies, client } = putter();
  expect(await client.schedules.putMany([])).toEqual({ items: [] });
  expect((await client.schedules.putMany([5 as unknown as PutItem])).items).toHaveLength(1);
  expect(bodies).toEqual([]);
});

test("an answer that leaves some out is no answer", async () => {
  const client = createClient({ url: "http://127.0.0.1:1", fetch: async () => Response.json({ items: [] }) });
  await expect(client.schedules.putMany([{ task: "bill", schedule: cron }])).rejects.toMatchObject({
    code: "E_UNREACHABLE",
  });
});

test("a million schedules are read batch by batch, as they are asked for", () => {
  let made = 0;
  const items = new Proxy(Array.from({ length: 1_000_000 }), {
    get: (target, name) => {
      if (typeof name === "string" && /^\d+$/.test(name)) {
        made += 1;
        return { task: "bill", key: name, schedule: cron };
      }
      return Reflect.get(target, name) as unknown;
    },
  });
  const [first] = batchesOf(items);
  expect(first).toHaveLength(1_000);
  expect(made).toBeLessThan(2_000);
});
