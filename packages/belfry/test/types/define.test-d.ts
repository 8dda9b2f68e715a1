// What `defineTask` infers, and what it does not let through. Compiled, never run.
import { expectTypeOf } from "vitest";
import { z } from "zod";
import { defineTask, type Run, type Task } from "../../src/index.ts";

const month = z.object({ month: z.string() });
const handler = () => {};

// The name is a literal, the result what the handler answers, awaited.
const named = defineTask({ name: "billOnDemand", handler: async () => 42 as const });
expectTypeOf(named.name).toEqualTypeOf<"billOnDemand">();
expectTypeOf(named).toEqualTypeOf<Task<"billOnDemand", undefined, 42>>();
expectTypeOf(defineTask({ name: "a", handler: () => "text" })).toEqualTypeOf<Task<"a", undefined, string>>();
expectTypeOf(defineTask({ name: "a", handler })).toEqualTypeOf<Task<"a", undefined, void>>();
expectTypeOf(defineTask({ name: "a", handler: async () => {} })).toEqualTypeOf<Task<"a", undefined, void>>();

// Without a schema the payload is unknown; with one it is the schema's output.
defineTask({ name: "a", handler: (run) => expectTypeOf(run.payload).toEqualTypeOf<unknown>() });
defineTask({ name: "a", payload: month, handler: (run) => expectTypeOf(run).toEqualTypeOf<Run<{ month: string }>>() });
defineTask({
  name: "a",
  payload: month.optional(),
  handler: (run) => expectTypeOf(run.payload).toEqualTypeOf<{ month: string } | undefined>(),
});
defineTask({
  name: "a",
  payload: z.object({ day: z.string().transform((text) => new Date(text)), limit: z.number().default(10) }),
  handler: (run) => expectTypeOf(run.payload).toEqualTypeOf<{ day: Date; limit: number }>(),
});

// A schema that is written by hand will do.
defineTask({
  name: "a",
  payload: {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value: unknown) => ({ value: String(value).length }),
      types: undefined as { input: string; output: number } | undefined,
    },
  },
  handler: (run) => expectTypeOf(run.payload).toEqualTypeOf<number>(),
});

// A schedule needs no payload where the payload may be left out.
defineTask({ name: "a", handler, schedule: "0 2 * * *" });
defineTask({ name: "a", handler, schedule: { cron: "0 2 * * *", timezone: "Europe/Berlin" } });
defineTask({ name: "a", handler, schedule: { every: "15m", anchor: new Date(0) } });
defineTask({ name: "a", handler, schedule: { at: new Date(0), key: "once", payload: { any: 1 } } });
defineTask({ name: "a", handler, schedule: [{ key: "x", every: "1h" }] as const });
defineTask({ name: "a", handler, payload: month.optional(), schedule: "@daily" });
defineTask({ name: "a", handler, payload: month, schedule: { every: "1h", payload: { month: "2026-11" } } });
defineTask({
  name: "a",
  handler,
  payload: month,
  schedule: [
    { key: "x", cron: "0 2 * * *", payload: { month: "2026-11" } },
    { key: "y", every: "1h", payload: { month: "2026-12" } },
  ],
});
// What a schedule's payload takes is the schema's input.
defineTask({
  name: "a",
  handler,
  payload: z.object({ day: z.string().transform((text) => new Date(text)), limit: z.number().default(10) }),
  schedule: { every: "1h", payload: { day: "2026-11-24" } },
});

// A required payload, and a schedule that has none.
// @ts-expect-error
defineTask({ name: "a", handler, payload: month, schedule: "0 2 * * *" });
// @ts-expect-error
defineTask({ name: "a", handler, payload: month, schedule: { every: "1h" } });
// @ts-expect-error
defineTask({ name: "a", handler, payload: month, schedule: [{ key: "x", every: "1h" }] });
// @ts-expect-error: the payload of another shape
defineTask({ name: "a", handler, payload: month, schedule: { every: "1h", payload: { month: 11 } } });
// @ts-expect-error: the output where the input belongs
defineTask({ name: "a", handler, payload: z.string().transform(Number), schedule: { every: "1h", payload: 5 } });

// Unknown options.
// @ts-expect-error
defineTask({ name: "a", handler, retry: 3 });
// @ts-expect-error
defineTask({ name: "a", handler, schedule: { cron: "@daily", tz: "UTC" } });
// @ts-expect-error
defineTask({ name: "a", handler, schedule: { cron: "@daily", retries: 3 } });
// @ts-expect-error
defineTask({ name: "a", handler, backoff: { start: "1s" } });

// Options of wrong types, and missing ones.
// @ts-expect-error
defineTask({ handler });
// @ts-expect-error
defineTask({ name: "a" });
// @ts-expect-error
defineTask({ name: "a", handler: "module.js" });
// @ts-expect-error
defineTask({ name: 5, handler });
// @ts-expect-error: a duration has a unit
defineTask({ name: "a", handler, timeout: 10_000 });
// @ts-expect-error
defineTask({ name: "a", handler, retries: "3" });
// @ts-expect-error
defineTask({ name: "a", handler, overlap: "queue" });
// @ts-expect-error
defineTask({ name: "a", handler, catchUp: true });
// @ts-expect-error
defineTask({ name: "a", handler, catchUp: { policy: "all", limits: 5 } });
// @ts-expect-error
defineTask({ name: "a", handler, schedule: { every: "1h", overlap: "queue" } });
// @ts-expect-error
defineTask({ name: "a", handler, schedule: [{ every: "1h", pauseOnFailure: "3" }] });
// @ts-expect-error
defineTask({ name: "a", handler, onLost: "drop" });
// @ts-expect-error
defineTask({ name: "a", handler, payload: { month: "string" } });
// @ts-expect-error
defineTask({ name: "a", handler, schedule: { at: "2026-11-24" } });
// @ts-expect-error: a handler that takes what it does not get
defineTask({ name: "a", payload: month, handler: (run: Run<{ day: number }>) => void run });

// Terms, of the task and of each of its schedules.
defineTask({
  ...{ name: "a", handler, overlap: "bufferAll", catchUp: { policy: "all", window: "3h", limit: 10, spacing: "1m" } },
  schedule: [
    { key: "x", cron: "@daily", overlap: "cancelOther", catchUp: "skip", priority: 5, pauseOnFailure: 3 },
    { key: "y", every: "1h", catchUp: { policy: "latest", window: "1h" } },
  ],
});

// The rest of what a handler gets.
defineTask({
  name: "a",
  handler: (run) => {
    expectTypeOf(run.signal).toEqualTypeOf<AbortSignal>();
    expectTypeOf(run.scheduledFor).toEqualTypeOf<Date | undefined>();
    expectTypeOf(run.trigger).toEqualTypeOf<"schedule" | "manual" | "retry" | "backfill">();
    run.log("words", { any: "data" });
    run.log.warn("words");
    run.progress(0.5, "half");
    // @ts-expect-error
    run.attempt = 2;
  },
});
defineTask({
  name: "a",
  handler,
  onFailure: (run) => expectTypeOf(run.errors?.[0]?.message).toEqualTypeOf<string | undefined>(),
});
defineTask({ name: "a", handler, onFailure: async (run) => run.trackingId });
defineTask({ name: "a", handler, retryOn: (error, attempt) => error instanceof Error && attempt < 3 });

// Tasks of all kinds go into one list.
export const many: Task[] = [
  named,
  defineTask({ name: "b", payload: month, handler: (run) => run.payload.month }),
  defineTask({ name: "c", payload: month.optional(), schedule: "@daily", handler }),
];
