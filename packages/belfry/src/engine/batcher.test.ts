import { describe, expect, test } from "vitest";
import { Batcher } from "./batcher.ts";

/** Sends that the test answers; each answer is the item's double. */
function sends() {
  const lists: number[][] = [];
  const ends: { answer: () => void; fail: (error: unknown) => void }[] = [];
  const send = (items: number[]) => {
    lists.push(items);
    return new Promise<number[]>((resolve, reject) => {
      ends.push({ answer: () => resolve(items.map((item) => item * 2)), fail: reject });
    });
  };
  return { lists, ends, send };
}

describe("a batcher", () => {
  test("sends what arrives together in one list, each with its own answer", async () => {
    const { lists, ends, send } = sends();
    const batcher = new Batcher(send, { itemsMax: 10, callsMax: 2 });
    const answers = Promise.all([1, 2, 3].map((item) => batcher.add(item)));
    await Promise.resolve();
    ends[0]?.answer();
    expect(await answers).toEqual([2, 4, 6]);
    expect(lists).toEqual([[1, 2, 3]]);
  });

  test("sends what arrives while its calls are under way in the next, in order", async () => {
    const { lists, ends, send } = sends();
    const batcher = new Batcher(send, { itemsMax: 10, callsMax: 1 });
    const first = batcher.add(1);
    await Promise.resolve();
    const later = [batcher.add(2), batcher.add(3)];
    await Promise.resolve();
    expect(lists).toEqual([[1]]);
    ends[0]?.answer();
    expect(await first).toBe(2);
    await Promise.resolve();
    ends[1]?.answer();
    expect(await Promise.all(later)).toEqual([4, 6]);
    expect(lists).toEqual([[1], [2, 3]]);
  });

  test("keeps lists within their bound, and calls within theirs", async () => {
    const { lists, ends, send } = sends();
    const batcher = new Batcher(send, { itemsMax: 2, callsMax: 2 });
    const answers = Promise.all([1, 2, 3, 4, 5, 6, 7].map((item) => batcher.add(item)));
    for (let call = 0; call < 4; call++) {
      await new Promise(setImmediate);
      expect(lists.length).toBeLessThanOrEqual(call + 2);
      ends[call]?.answer();
    }
    expect(await answers).toEqual([2, 4, 6, 8, 10, 12, 14]);
    expect(lists).toEqual([[1, 2], [3, 4], [5, 6], [7]]);
  });

  test("rejects all items of a list that rejects, and none of another; it goes on", async () => {
    const { ends, send } = sends();
    const batcher = new Batcher(send, { itemsMax: 2, callsMax: 2 });
    const settled = Promise.allSettled([1, 2, 3].map((item) => batcher.add(item)));
    await new Promise(setImmediate);
    ends[0]?.fail("broken");
    ends[1]?.answer();
    expect(await settled).toEqual([
      { status: "rejected", reason: "broken" },
      { status: "rejected", reason: "broken" },
      { status: "fulfilled", value: 6 },
    ]);
    const next = batcher.add(4);
    await new Promise(setImmediate);
    ends[2]?.answer();
    expect(await next).toBe(8);
  });

  test("rejects where sending throws at once", async () => {
    const batcher = new Batcher<number, number>(
      () => {
        throw new Error("at once");
      },
      { itemsMax: 2, callsMax: 1 },
    );
    await expect(batcher.add(1)).rejects.toThrow("at once");
    await expect(batcher.add(2)).rejects.toThrow("at once");
  });
});
