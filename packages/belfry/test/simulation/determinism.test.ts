import { describe, expect, it } from "vitest";
import { optionsOf } from "./options.ts";
import { simulate } from "./simulate.ts";

describe("a history", () => {
  for (const seed of [3, 40, 77, 138]) {
    it(`of seed ${seed} is the same whenever it is told, line by line`, async () => {
      const first = await simulate(optionsOf(seed));
      await simulate(optionsOf(seed + 1_000));
      const second = await simulate(optionsOf(seed));
      expect(second.lines).toEqual(first.lines);
      expect(second.digest).toBe(first.digest);
    });
  }

  it("is another one for another seed", async () => {
    const digests = new Set<string>();
    for (let seed = 1; seed <= 10; seed++) digests.add((await simulate(optionsOf(seed))).digest);
    expect(digests.size).toBe(10);
  });
});
