// What a client knows of a server's tasks. Compiled, never run.
import { expectTypeOf } from "vitest";
import { z } from "zod";
import { type BelfryClient, createClient, type EndedRun, type TriggerRecord } from "../../src/client/index.ts";
import {
  type BelfryApi,
  createBelfry,
  createClient as createClientOfIndex,
  defineTask,
  type Task,
} from "../../src/index.ts";

const bill = defineTask({
  name: "bill",
  payload: z.object({ month: z.string(), limit: z.number().default(10) }),
  handler: async (run) => ({ billed: run.payload.limit, at: new Date(0) }),
});
const clean = defineTask({ name: "clean", handler: () => {} });
const belfry = createBelfry({ store: "sqlite:belfry.db", tasks: [bill, clean] });
const list = [bill, clean] as const;
const plainList = [bill, clean];
const named = { bill, clean, limit: 5, task: clean };

// Typed by an engine, a tuple, a list, an object or module of tasks (and what else it holds), another client.
const clients = [
  createClient<typeof belfry>(),
  createClient<typeof list>(),
  createClient<typeof plainList>(),
  createClient<typeof named>(),
] as const;
const again = createClient<(typeof clients)[0]>({ url: "http://127.0.0.1:7411", apiKey: "key", timeout: "5s" });

type Billed = { billed: number; at: string };
for (const client of [...clients, again]) {
  expectTypeOf(client.task("bill").run({ payload: { month: "2026-11" } })).toEqualTypeOf<Promise<TriggerRecord>>();
  expectTypeOf(client.task("bill").runAndWait({ payload: { month: "2026-11", limit: 1 } })).toEqualTypeOf<
    Promise<EndedRun<Billed>>
  >();
  void client.task("clean").run();
  void client.task("clean").run({ payload: 5, signal: AbortSignal.abort(), idempotencyKey: "mine" });
  // @ts-expect-error
  client.task("bil");
  // @ts-expect-error: names match exactly
  client.task("Bill");
  // @ts-expect-error: a required payload
  void client.task("bill").run();
  // @ts-expect-error
  void client.task("bill").run({ signal: AbortSignal.abort() });
  // @ts-expect-error
  void client.task("bill").run({ payload: { month: 5 } });
  // @ts-expect-error
  void client.task("bill").run({ payload: { month: "2026-11", year: 2026 } });
  // @ts-expect-error
  void client.task("clean").run({ delay: 10 });
  // @ts-expect-error: a transaction does not cross HTTP
  void client.task("clean").run({ tx: {} });
}

// Untyped: any name, any payload, an unknown result.
const any = createClient();
void any.task(String(5)).run({ payload: { month: 5 } });
expectTypeOf(any.task("bill").runAndWait()).resolves.toHaveProperty("result").toBeUnknown();
const tasks: Task[] = [bill, clean];
void createClient<typeof tasks>().task(String(5)).run();
expectTypeOf<ReturnType<typeof createClient>>().toEqualTypeOf<BelfryClient>();
const anyClient: BelfryClient = clients[0];
void anyClient.task(String(5)).run();

// An engine's own verbs are not there; what both have is the same.
// @ts-expect-error
any.start;
// @ts-expect-error
any.on;
// @ts-expect-error
any.fetch;
const api: BelfryApi = any;
void api.task("bill").run({ payload: 5 });
expectTypeOf(any.runs.get).toEqualTypeOf<BelfryApi["runs"]["get"]>();
expectTypeOf(createClientOfIndex).toEqualTypeOf<typeof createClient>();

// Options.
// @ts-expect-error
createClient({ apikey: "key" });
// @ts-expect-error
createClient({ timeout: 5 });
createClient({ fetch, signal: AbortSignal.abort() });
