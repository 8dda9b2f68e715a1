import { describe, expect, it } from "vitest";
import { optionsOf } from "./options.ts";
import { simulate } from "./simulate.ts";

/** How many seeds `npm test` looks at; `npm run sim` looks at more. */
const seedsPerShard = 125;
const seedsPerTest = 25;

/** Looks at the seeds of one shard of the fixed 500: 1 to 125, 126 to 250, and so on. */
export function shard(number: number): void {
  describe(`simulated histories, part ${number}`, () => {
    const first = (number - 1) * seedsPerShard + 1;
    for (let from = first; from < first + seedsPerShard; from += seedsPerTest) {
      it(`seeds ${from} to ${from + seedsPerTest - 1} keep every promise`, { timeout: 300_000 }, async () => {
        for (let seed = from; seed < from + seedsPerTest; seed++) {
          const { violation } = await simulate(optionsOf(seed));
          if (violation) expect.fail(`npm run sim -- --seed=${seed}: ${violation.checker}: ${violation.message}`);
        }
      });
    }
  });
}
