/** The evaluator beside croner: 1,000,000 random (pattern, zone, instant) in all zones. SEED=7 for others. */
import { expect, it } from "vitest";
import { compareWithCroner, type Tally } from "./support/compare-croner.ts";
import { pick, randomFrom } from "./support/random.ts";
import { allZones } from "./support/zones.ts";

const rounds = 1_000_000;
const seed = Number(process.env.SEED ?? 1);

it(`croner, ${rounds} random (pattern, zone, instant), seed ${seed}: no difference`, () => {
  const random = randomFrom(seed);
  const tally: Tally = { compared: 0, leftOut: {}, differences: [] };
  while (tally.compared < rounds) compareWithCroner(random, pick(random, ["UTC", ...allZones]), tally);
  console.log(`compared ${tally.compared}, left out ${JSON.stringify(tally.leftOut)}`);
  expect(tally.differences.slice(0, 20)).toEqual([]);
});
