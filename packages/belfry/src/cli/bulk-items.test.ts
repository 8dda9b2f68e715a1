import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BulkItem, bulkItems } from "./bulk-items.ts";

async function itemsOf(chunks: Iterable<Buffer | string>): Promise<BulkItem[]> {
  const items: BulkItem[] = [];
  for await (const item of bulkItems(Readable.from(chunks), "many.json")) items.push(item);
  return items;
}
const valuesOf = async (...chunks: (Buffer | string)[]) => (await itemsOf(chunks)).map(({ value }) => value);

describe("one document a line", () => {
  test("with its place; empty lines are none, a last line may lack its end", async () => {
    expect(await itemsOf(['{"a":1}\r\n\n  \n', '"two"'])).toEqual([
      { place: "line 1", bytes: 8, value: { a: 1 } },
      { place: "line 4", bytes: 5, value: "two" },
    ]);
    expect(await itemsOf([])).toEqual([]);
  });

  test("a line that cannot be read is told, and the others go on", async () => {
    const items = await itemsOf(["{x\n", Buffer.from([0xff, 0x0a]), `"${"y".repeat(3_000_000)}"\n`, "4\n"]);
    expect(items.map(({ place, problem }) => `${place}: ${problem}`)).toEqual([
      expect.stringMatching(/^line 1: is not JSON: /),
      expect.stringMatching(/^line 2: is not UTF-8/),
      "line 3: is longer than 2097152 bytes",
      "line 4: undefined",
    ]);
  });

  test("wherever the chunks end, the same", async () => {
    const lines = fc.array(fc.record({ a: fc.string({ unit: "grapheme" }), b: fc.jsonValue() }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(lines, fc.array(fc.nat(200)), async (values, cuts) => {
        const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort((a, b) => a - b);
        const chunks = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
        expect(JSON.stringify(await valuesOf(...chunks))).toBe(JSON.stringify(values));
      }),
    );
  });

  test("a million lines hold no more memory than one", async () => {
    const line = Buffer.from(`${JSON.stringify({ task: "t", key: "k", schedule: { every: "1h" } })}\n`.repeat(1_000));
    const most = { bytes: 0, count: 0 };
    function* chunks() {
      for (let chunk = 0; chunk < 1_000; chunk++) yield line;
    }
    const before = process.memoryUsage().arrayBuffers;
    for await (const { place } of bulkItems(Readable.from(chunks()), "many")) {
      most.count++;
      if (place.endsWith("0000")) most.bytes = Math.max(most.bytes, process.memoryUsage().arrayBuffers - before);
    }
    expect(most.count).toBe(1_000_000);
    expect(most.bytes).toBeLessThan(64 * 1024 * 1024);
  });
});

describe("an array", () => {
  test("over many lines, after blanks", async () => {
    expect(await itemsOf(["\n ", " \n[1,\n", '{"a":2}', "]"])).toEqual([
      { place: "item 1", bytes: 1, value: 1 },
      { place: "item 2", bytes: 7, value: { a: 2 } },
    ]);
  });

  test("that is broken or too large is refused as a whole", async () => {
    await expect(itemsOf(["[1,"])).rejects.toThrow("many.json is not JSON");
    await expect(itemsOf(["[", " ".repeat(17 * 1024 * 1024), "]"])).rejects.toThrow("one schedule a line");
  });
});
