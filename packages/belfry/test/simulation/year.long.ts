import { expect, test } from "vitest";
import { simulateYear } from "./year.ts";

test("a year of 200 schedules in 20 zones on three nodes breaks no promise, and the audit finds nothing", async () => {
  const { violation, audit, troubles, schedules } = await simulateYear({
    seed: 7,
    days: 365,
    startsAt: Date.UTC(2026, 0, 1),
  });
  console.log(`${schedules} schedules, ${JSON.stringify(troubles)}`);
  console.log(`${audit.instants} instants, ${audit.fired} fired, not fired ${JSON.stringify(audit.notFired)}`);
  expect(violation).toBeUndefined();
  expect(audit).toMatchObject({ findings: [], found: 0 });
}, 3_600_000);
