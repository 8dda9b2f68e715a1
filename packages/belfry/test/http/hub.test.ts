import { expect, test } from "vitest";
import { limits } from "../../src/base/limits.ts";
import { Hub } from "../../src/server/hub.ts";
import { recentEvents } from "../../src/server/stream-events.ts";
import { TestClock, Time } from "../engine/support/time.ts";
import { FakeEngine } from "./support/fake-engine.ts";

function makeHub() {
  const time = new Time("2026-01-05T12:00:00.000Z");
  const fake = new FakeEngine();
  const clock = new TestClock(time);
  const hub = new Hub({ engine: fake.engine, clock, logger: fake.said });
  return { hub, fake, time, clock };
}

test("a hub that nobody was served by costs nothing, and one that nobody listens to asks for no changes", () => {
  const { hub, fake, time, clock } = makeHub();
  expect([fake.listening, fake.looking]).toEqual([0, 0]);
  hub.open();
  expect([fake.listening, fake.looking]).toEqual([5, 0]);
  const ends = [hub.listen({}), hub.listen({})];
  expect([fake.listening, fake.looking]).toEqual([5, 1]);
  for (const end of ends) end();
  expect([fake.listening, fake.looking, time.pending(clock)]).toEqual([5, 0, 0]);
});

test("a closed hub tells who listened, lets go of the engine, and listens to nobody more", () => {
  const { hub, fake, time, clock } = makeHub();
  let closed = 0;
  hub.listen({ closed: () => closed++ });
  fake.change();
  hub.close();
  hub.close();
  expect([closed, fake.listening, fake.looking, time.pending(clock)]).toEqual([1, 0, 0, 0]);
  expect(() => hub.listen({})).toThrow(expect.objectContaining({ code: "E_STOPPED" }));
});

test("the newest 1,000 events are kept, and read on from a cursor", () => {
  const { hub, fake, time } = makeHub();
  hub.open();
  const { items, cursor } = recentEvents({ hub });
  expect(items).toEqual([]);
  fake.complete(3);
  const three = hub.recent(cursor);
  expect(three.isGap).toBe(false);
  expect(three.items[0]).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{8}-1$/),
    event: "run.completed",
    at: time.iso,
    data: { trackingId: "0", task: "job", attempt: 1, durationMs: 1 },
  });
  expect(hub.recent(three.items[1]?.id).items).toEqual([three.items[2]]);
  expect(hub.recent(three.cursor)).toEqual({ items: [], cursor: three.cursor, isGap: false });
  fake.complete(limits.eventsKeptMax);
  expect(hub.recent(three.cursor)).toMatchObject({ isGap: false, items: { length: limits.eventsKeptMax } });
  expect(hub.recent(cursor)).toMatchObject({ isGap: true, items: { length: limits.eventsKeptMax } });
});

test("a cursor of another process gets all, and is told of the gap; one that is none is refused", () => {
  const { hub, fake } = makeHub();
  hub.open();
  fake.complete(2);
  expect(hub.recent("0badcafe-1")).toMatchObject({ isGap: true, items: { length: 2 } });
  const ahead = hub.recent().cursor.replace(/\d+$/, "900");
  expect(hub.recent(ahead)).toMatchObject({ isGap: true, items: { length: 2 } });
  for (const bad of ["", "1", "x-1", "0badcafe-", "0badcafe-1 ", "0BADCAFE-1", `0badcafe-${"9".repeat(16)}`]) {
    expect(() => hub.recent(bad), bad).toThrow(expect.objectContaining({ code: "E_CURSOR" }));
  }
});

test("events can be asked for by task", () => {
  const { hub, fake } = makeHub();
  hub.open();
  fake.complete(2, "one");
  fake.complete(1, "other");
  expect(recentEvents({ hub, task: "other" }).items.map(({ data }) => data.task)).toEqual(["other"]);
  expect(recentEvents({ hub, task: "none" })).toMatchObject({ items: [], cursor: hub.recent().cursor });
});

test("what a handler threw does not leave by an event, our own words do", () => {
  const { hub, fake } = makeHub();
  hub.open();
  const run = { trackingId: "a", task: "job", attempt: 1, cause: new Error("secret") };
  const theirs = { code: "E_HANDLER", name: "SecretError", message: "secret" } as const;
  fake.emit("run.failed", { ...run, error: theirs });
  fake.emit("run.retrying", { ...run, error: theirs, delayMs: 5 });
  fake.emit("run.failed", { ...run, error: { code: "E_CANCELLED", name: "x", message: "cancelled: secret" } });
  fake.emit("run.failed", { ...run, error: { code: "E_TIMEOUT", name: "x", message: "not done after 1s" } });
  const { items } = hub.recent();
  expect(items.map(({ data }) => data.error)).toEqual([
    { code: "E_HANDLER" },
    { code: "E_HANDLER" },
    { code: "E_CANCELLED" },
    { code: "E_TIMEOUT", message: "not done after 1s" },
  ]);
  expect(items[1]?.data.delayMs).toBe(5);
  expect(JSON.stringify(items)).not.toMatch(/secret|cause/i);
});

test("changes made elsewhere are told at once, and at most five times a second", async () => {
  const { hub, fake, time } = makeHub();
  let told = 0;
  hub.listen({ changed: () => told++ });
  for (let change = 0; change < 50; change++) fake.change();
  await time.advance(0);
  expect(told).toBe(1);
  for (let change = 0; change < 50; change++) {
    fake.change();
    await time.advance(20);
  }
  expect(told).toBe(6);
  await time.advance(10_000);
  expect(told).toBe(6);
});

test("what happens is told in order, once, together where it comes together, and only to those who listen then", async () => {
  const { hub, fake, time } = makeHub();
  const [early, late]: number[][][] = [[], []];
  const numbers = (events: readonly { id: string }[]) => events.map(({ id }) => Number(id.split("-")[1]));
  hub.listen({ happened: (events) => early?.push(numbers(events)) });
  fake.complete(3);
  hub.listen({ happened: (events) => late?.push(numbers(events)) });
  fake.complete(2);
  await time.advance(0);
  for (let event = 0; event < 4; event++) {
    fake.complete(1);
    await time.advance(10);
  }
  hub.close();
  expect(early?.flat()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(late?.flat()).toEqual([4, 5, 6, 7, 8, 9]);
  expect(late?.length).toBeLessThan(5);
});
