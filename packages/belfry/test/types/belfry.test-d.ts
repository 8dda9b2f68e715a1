// What an engine knows of its tasks. Compiled, never run.
import { expectTypeOf } from "vitest";
import { z } from "zod";
import {
  agnost,
  type Belfry,
  createBelfry,
  defineTask,
  nextFirings,
  type StatusRecord,
  type Task,
  type TriggerRecord,
} from "../../src/index.ts";

const bill = defineTask({
  name: "bill",
  payload: z.object({ month: z.string(), limit: z.number().default(10) }),
  handler: async (run) => ({ billed: run.payload.limit, at: new Date(0) }),
});
const clean = defineTask({ name: "clean", handler: () => {} });
const parse = defineTask({
  name: "parse",
  payload: z.string().transform(Number).optional(),
  handler: async (run) => run.payload,
});
const belfry = createBelfry({ store: "sqlite:belfry.db", tasks: [bill, clean, parse] });

// Names are known.
belfry.task("bill");
// @ts-expect-error
belfry.task("bil");
// @ts-expect-error: names match exactly
belfry.task("Bill");
// @ts-expect-error
belfry.task(5);

// A required payload is asked for; it is the schema's input.
expectTypeOf(belfry.task("bill").run({ payload: { month: "2026-11" } })).toEqualTypeOf<Promise<TriggerRecord>>();
void belfry.task("bill").run({ payload: { month: "2026-11", limit: 3 }, delay: "10s", priority: 5, reason: "by hand" });
// @ts-expect-error
void belfry.task("bill").run();
// @ts-expect-error
void belfry.task("bill").run({});
// @ts-expect-error
void belfry.task("bill").run({ delay: "10s" });
// @ts-expect-error
void belfry.task("bill").run({ payload: undefined });
// @ts-expect-error
void belfry.task("bill").run({ payload: { limit: 3 } });
// @ts-expect-error
void belfry.task("bill").run({ payload: { month: "2026-11", year: 2026 } });
// @ts-expect-error
void belfry.task("bill").runAndWait();

// One that may be left out need not be given.
void belfry.task("clean").run();
void belfry.task("clean").run({ payload: { any: "thing" } });
void belfry.task("parse").run();
void belfry.task("parse").run({ payload: "5" });
void belfry.task("parse").run({ payload: undefined });
// @ts-expect-error: the output where the input belongs
void belfry.task("parse").run({ payload: 5 });

// Unknown options, and options of wrong types.
// @ts-expect-error
void belfry.task("clean").run({ key: "mine" });
// @ts-expect-error
void belfry.task("clean").run({ delay: 10 });
// @ts-expect-error
void belfry.task("clean").run({ at: "2026-11-24" });
// @ts-expect-error
createBelfry({ store: "sqlite:belfry.db", task: [clean] });
// The store may come from the environment.
createBelfry({ tasks: [clean] });
// @ts-expect-error
createBelfry({ store: "sqlite:belfry.db", tasks: [{ name: "clean", handler: () => {} }] });
// @ts-expect-error
createBelfry({ store: "sqlite:belfry.db", lease: 10_000 });
// @ts-expect-error
createBelfry({ store: "sqlite:belfry.db", logger: { log: () => {} } });
createBelfry({ store: "sqlite:belfry.db", logger: console });

// The result is typed as JSON gives it back.
async function results(): Promise<void> {
  const billed = await belfry.task("bill").runAndWait({ payload: { month: "2026-11" } });
  expectTypeOf(billed.result).toEqualTypeOf<{ billed: number; at: string } | undefined>();
  const cleaned = await belfry.task("clean").runAndWait();
  expectTypeOf(cleaned.result).toEqualTypeOf<undefined>();
  const parsed = await belfry.task("parse").runAndWait({ payload: "5" });
  expectTypeOf(parsed.result).toEqualTypeOf<number | undefined>();
  expectTypeOf(parsed.status).toEqualTypeOf<"pending" | "processing" | "completed" | "errors">();
}
expectTypeOf(belfry.task("bill").getTaskStatus("6237b225b9a84d607cd79044")).toEqualTypeOf<
  Promise<StatusRecord | null>
>();

// The seed's door knows nothing of the tasks: every name, every payload, an unknown result.
void agnost.task("anything at all").run();
void agnost.task(String(5)).run({ payload: { month: 5 } });
void agnost
  .task("bill")
  .runAndWait()
  .then((run) => expectTypeOf(run.result).toBeUnknown());
// @ts-expect-error: the options are known all the same
void agnost.task("bill").run({ delya: "10s" });

// An engine without tasks triggers those of others, by any name.
void createBelfry({ store: "sqlite:belfry.db", work: false }).task("bill").run({ payload: 1 });
void createBelfry({ store: "sqlite:belfry.db", tasks: [] }).task("bill").run();
// So does one whose list the compiler does not know, and every engine that is passed on as one.
const list: Task[] = [bill, clean];
void createBelfry({ store: "sqlite:belfry.db", tasks: list }).task(String(5)).run();
const anyEngine: Belfry = belfry;
void anyEngine.task(String(5)).run();
void anyEngine.task("clean").run({ payload: 5 });
expectTypeOf(anyEngine.task("bill").runAndWait()).resolves.toHaveProperty("result").toBeUnknown();

// Events.
belfry.on("run.completed", ({ trackingId, durationMs }) => {
  expectTypeOf(trackingId).toEqualTypeOf<string>();
  expectTypeOf(durationMs).toEqualTypeOf<number>();
});
belfry.on("run.failed", ({ error, cause }) => {
  expectTypeOf(error.message).toEqualTypeOf<string>();
  expectTypeOf(cause).toEqualTypeOf<unknown>();
});
belfry.on("run.retrying", ({ delayMs }) => expectTypeOf(delayMs).toEqualTypeOf<number>());
belfry.on("run.started", ({ scheduledFor }) => expectTypeOf(scheduledFor).toEqualTypeOf<string | undefined>());
belfry.on("firing.skipped", ({ reason }) =>
  expectTypeOf(reason).toEqualTypeOf<
    "overlap" | "bufferFull" | "paused" | "skipped" | "missed" | "disabled" | "removed" | "invalid"
  >(),
);
expectTypeOf(belfry.on("run.started", () => {})).toEqualTypeOf<() => void>();
// @ts-expect-error
belfry.on("run.ended", () => {});
// @ts-expect-error: of another event
belfry.on("run.started", ({ durationMs }) => durationMs);

// Lists.
void belfry.runs.list({ status: "errors", from: new Date(0), limit: 10 }).then(({ items, cursor }) => {
  expectTypeOf(cursor).toEqualTypeOf<string | undefined>();
  expectTypeOf(items[0]?.attempts[0]?.fencingToken).toEqualTypeOf<number | undefined>();
});
// @ts-expect-error
void belfry.runs.list({ status: "failed" });
// @ts-expect-error
void belfry.runs.list({ since: new Date(0) });

// Instants of a schedule.
expectTypeOf(nextFirings({ every: "15m" }, { from: new Date(0), count: 3 })).toEqualTypeOf<Date[]>();
// @ts-expect-error: it reads no clock
nextFirings("@daily", {});

export const checked = results;
