import { createTestBelfry } from "belfry/testing";
import { expect, test } from "vitest";
import { type Shop, tasksOf } from "./tasks.ts";

/** The kit with the shop's tasks, and a bank that does what the test says. */
function open(start: string, charge: Shop["charge"] = async () => 1) {
  const tasks = tasksOf({ charge, sleep: (duration, options) => kit.sleep(duration, options) });
  const kit = createTestBelfry({ tasks, start: new Date(start) });
  return kit;
}

test("subscriptions are charged once a night, all year, whatever the clocks do", async () => {
  const keys = new Set<string>();
  const kit = open("2026-01-01T00:00:00Z", async (key) => keys.add(key).size);
  kit.pause("syncStock");
  await kit.runUntil(new Date("2027-01-01T00:00:00Z"));

  kit.expectFired("chargeSubscriptions", { count: 365 });
  expect(keys.size).toBe(365);
  // The night in March without 02:30, and the one in October that has it twice.
  kit.expectFired("chargeSubscriptions", {
    from: new Date("2026-03-29T00:00:00Z"),
    to: new Date("2026-03-29T23:59:00Z"),
    instants: [new Date("2026-03-29T01:30:00Z")],
  });
  kit.expectFired("chargeSubscriptions", {
    from: new Date("2026-10-25T00:00:00Z"),
    to: new Date("2026-10-25T23:59:00Z"),
    instants: [new Date("2026-10-25T00:30:00Z")],
  });
});

test("a bank that does not answer is asked again, and an outage is caught up", async () => {
  let calls = 0;
  const kit = open("2026-05-01T00:00:00Z", async () => {
    calls += 1;
    if (calls < 3) throw new Error("the bank does not answer");
    return calls;
  });
  kit.pause("syncStock");
  await kit.runFor("1h");
  expect(kit.lastRun("chargeSubscriptions")).toMatchObject({ status: "completed", attempts: { length: 3 } });

  await kit.outage("3d");
  await kit.settle();
  kit.expectRuns("chargeSubscriptions", { count: 2, status: "completed" });
  kit.expectNotFired("chargeSubscriptions", {
    from: new Date("2026-05-02T00:00:00Z"),
    to: new Date("2026-05-03T00:00:00Z"),
    reason: "missed",
  });
});

test("a sync that hangs is ended by its timeout, in virtual time", async () => {
  const kit = open("2026-05-01T00:00:00Z");
  await kit.runFor("1h");
  kit.expectRuns("syncStock", { count: 3, outcome: "E_TIMEOUT" });
});
