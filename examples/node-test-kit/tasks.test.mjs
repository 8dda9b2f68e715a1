import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestBelfry } from "belfry/testing";
import { writeInvoices } from "./tasks.ts";

const start = new Date("2026-01-01T00:00:00Z");

test("invoices are written on the last working day of each month", async () => {
  const kit = createTestBelfry({ tasks: [writeInvoices], start });
  await kit.runUntil(new Date("2027-01-01T00:00:00Z"));
  kit.expectFired("writeInvoices", { count: 12 });
  // The 31st of January 2026 is a Saturday.
  kit.expectFired("writeInvoices", {
    to: new Date("2026-02-01T00:00:00Z"),
    instants: [new Date("2026-01-30T17:00:00Z")],
  });
  assert.deepEqual(
    kit.runs("writeInvoices").map(({ result }) => result.month),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  );
});

test("a skipped month is not written, and by hand it is", async () => {
  const kit = createTestBelfry({ tasks: [writeInvoices], start });
  kit.skip("writeInvoices");
  await kit.runUntil(new Date("2026-02-01T00:00:00Z"));
  kit.expectNotFired("writeInvoices", { reason: "skipped" });
  const run = await kit.task("writeInvoices").runAndWait({ reason: "the customer called" });
  assert.equal(run.status, "completed");
  assert.equal(kit.logs(run.trackingId)[0].message, "writing invoices");
});
