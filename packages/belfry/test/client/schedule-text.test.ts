import fc from "fast-check";
import { expect, test } from "vitest";
import { batchesOf } from "../../src/client/batches.ts";
import { scheduleText } from "../../src/client/schedule-text.ts";
import { parseFields } from "../../src/server/input.ts";
import { putBody, scheduleInput } from "../../src/server/schemas/definitions.ts";

const date = fc.date({ min: new Date(0), max: new Date("2099-12-31T23:59:59.999Z"), noInvalidDate: true });
const text = fc.string({ unit: "grapheme", maxLength: 20 }).filter((any) => !any.includes("\0"));
const bounds = {
  ...{ start: date, end: date, spread: text },
  exclude: fc.array(fc.record({ name: text, dates: fc.array(text, { maxLength: 3 }) }), { maxLength: 2 }),
};
const terms = {
  // Without -0, which JSON writes as 0.
  payload: fc
    .json()
    .map((json) => JSON.parse(JSON.stringify(JSON.parse(json))) as unknown)
    .filter((any) => !/\\u0000|__proto__|\\ud[89a-f]/i.test(JSON.stringify(any))),
  overlap: fc.constantFrom("skip", "allow"),
  catchUp: fc.oneof(fc.constant("all"), fc.record({ policy: fc.constant("all"), window: text, limit: fc.nat() })),
  ...{ priority: fc.integer(), pauseOnFailure: fc.nat() },
};
const optional = { ...bounds, ...terms };
const times = fc.oneof(
  fc.record({ cron: text, timezone: text, dst: fc.record({ gap: text }), ...optional }, { requiredKeys: ["cron"] }),
  fc.record({ every: text, anchor: date, ...optional }, { requiredKeys: ["every"] }),
  fc.record({ at: date, ...terms }, { requiredKeys: ["at"] }),
);

test("what a client says of a schedule, a server reads: dates as dates, and all else as it was", () => {
  fc.assert(
    fc.property(times, (schedule) => {
      const plain = structuredClone(schedule);
      const sent: unknown = JSON.parse(scheduleText("bill", schedule));
      expect(parseFields(scheduleInput, sent, "put")).toEqual(plain);
      const signed: unknown = JSON.parse(scheduleText("bill", schedule, { author: "ops" }));
      expect(parseFields(putBody, signed, "put")).toEqual({ ...plain, author: "ops" });
    }),
    { numRuns: 500 },
  );
});

test("batches hold all that they were made of, in order, whatever is among it", () => {
  const items = fc.array(
    fc.oneof(
      fc.record({ task: text, key: text, schedule: times }),
      fc.constantFrom(null, 5, [], { schedule: () => {} }),
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(items, fc.nat(60), (some, times) => {
      const all = Array.from({ length: times }, () => some).flat();
      const batches = [...batchesOf(all)];
      expect(batches.every((batch) => batch.length > 0 && batch.length <= 1_000)).toBe(true);
      const entries = batches.flat();
      expect(entries).toHaveLength(all.length);
      for (const [index, entry] of entries.entries()) {
        const item = all[index];
        const isItem = typeof item === "object" && item !== null && "task" in item;
        if (typeof entry === "string") expect(JSON.parse(entry)).toMatchObject({ key: isItem ? item.key : undefined });
        else expect([isItem, entry]).toEqual([false, { task: "", key: "default", error: expect.anything() }]);
      }
    }),
    { numRuns: 50 },
  );
});
