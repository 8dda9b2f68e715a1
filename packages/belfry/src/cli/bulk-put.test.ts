import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import type { BelfryApi } from "../api/api.ts";
import type { PutItem, PutItemResult } from "../api/schedules.ts";
import { BelfryError } from "../base/errors.ts";
import type { BulkItem } from "./bulk-items.ts";
import { BulkPut } from "./bulk-put.ts";
import { Output } from "./output.ts";

/** A bulk put over a store that refuses the key `bad`, and is gone after so many calls. */
function bench({ isJson = true, callsMax = Number.POSITIVE_INFINITY } = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const sizes: number[] = [];
  const putMany = async (items: readonly PutItem[]): Promise<{ items: PutItemResult[] }> => {
    if (sizes.length === callsMax) throw new BelfryError("E_STORE_UNAVAILABLE", { detail: "gone" });
    sizes.push(items.length);
    return {
      items: items.map(({ task, key = "default" }) => {
        return key === "bad"
          ? { task, key, error: { code: "E_SCHEDULE", message: "bad\nkey" } }
          : { task, key, outcome: "created" };
      }),
    };
  };
  const interrupted = new AbortController();
  const output = new Output(
    { stdout, stderr, isTty: false, environment: {} } as unknown as ConstructorParameters<typeof Output>[0],
    isJson,
  );
  const api = { schedules: { putMany } } as unknown as BelfryApi;
  const put = new BulkPut({ api, output, signal: interrupted.signal, isLocal: true }, undefined);
  return {
    put,
    sizes,
    interrupt: () => interrupted.abort(),
    lines: () =>
      String(stdout.read() ?? "")
        .trimEnd()
        .split("\n"),
  };
}

async function* many(count: number, make: (index: number) => unknown, bytes = 10): AsyncGenerator<BulkItem> {
  for (let index = 0; index < count; index++) yield { place: `line ${index + 1}`, bytes, value: make(index) };
}

const schedule = { every: "1h" };

describe("many schedules", () => {
  test("go in batches of 1,000, or of 8 MiB", async () => {
    const { put, sizes, lines } = bench();
    expect(await put.run(many(2_500, (index) => ({ task: "t", key: `k${index}`, schedule })))).toBe(0);
    expect(sizes).toEqual([1_000, 1_000, 500]);
    expect(lines()).toEqual(['{"created":2500,"changed":0,"unchanged":0,"failed":0}']);
    const large = bench();
    await large.put.run(many(5, () => ({ task: "t", schedule }), 4 * 1024 * 1024));
    expect(large.sizes).toEqual([2, 2, 1]);
  });

  test("each that failed is told with its place, whether it could not be read or was refused", async () => {
    const values = [
      { task: "t", key: "bad", schedule },
      { task: "t", shedule: 1 },
      { key: "k" },
      5,
      { task: "t", schedule: { at: "x" } },
    ];
    const { put, lines } = bench();
    expect(await put.run(many(values.length, (index) => values[index]))).toBe(5);
    const told = lines().map((line) => JSON.parse(line) as { place?: string; error?: { code: string } });
    expect(told.slice(0, -1).map(({ place, error }) => `${place} ${error?.code}`)).toEqual([
      ...["line 2 E_OPTION_UNKNOWN", "line 3 E_USAGE", "line 4 E_OPTION", "line 5 E_OPTION", "line 1 E_SCHEDULE"],
    ]);
    expect(told.at(-1)).toEqual({ created: 0, changed: 0, unchanged: 0, failed: 5 });
    const human = bench({ isJson: false });
    await human.put.run(many(1, () => values[0]));
    expect(human.lines()).toEqual([
      "line 1 t/bad: bad\\u000akey",
      "0 schedules created, 0 changed, 0 unchanged, 1 failed",
    ]);
  });

  test("what ends it all is thrown, and what was put until then is told", async () => {
    const { put, lines } = bench({ callsMax: 1 });
    await expect(put.run(many(1_500, () => ({ task: "t", schedule })))).rejects.toMatchObject({
      code: "E_STORE_UNAVAILABLE",
    });
    expect(lines()).toEqual(['{"created":1000,"changed":0,"unchanged":0,"failed":0}']);
    const interrupted = bench();
    interrupted.interrupt();
    await expect(interrupted.put.run(many(1_500, () => ({ task: "t", schedule })))).rejects.toThrow("stays");
    expect(interrupted.sizes).toEqual([1_000]);
  });
});
