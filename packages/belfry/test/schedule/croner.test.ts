/**
 * The evaluator beside croner, by croner's rule for changing clocks, which is one of ours. More by hand, from the
 * environment: ROUNDS=200000, SEED=7; `npm run test:long` asks 1,000,000 times, in all zones.
 */
import { expect, it } from "vitest";
import { compareWithCroner, type Tally } from "./support/compare-croner.ts";
import { pick, randomFrom } from "./support/random.ts";
import { variedZones } from "./support/zones.ts";

const rounds = Number(process.env.ROUNDS ?? 10_000);
const seed = Number(process.env.SEED ?? 1);

it(`croner, ${rounds} random (pattern, zone, instant), seed ${seed}: no difference`, () => {
  const random = randomFrom(seed);
  const tally: Tally = { compared: 0, leftOut: {}, differences: [] };
  while (tally.compared < rounds) compareWithCroner(random, pick(random, ["UTC", ...variedZones]), tally);
  expect(tally.differences).toEqual([]);
  const leftOut = Object.values(tally.leftOut).reduce((sum, count) => sum + count, 0);
  expect(leftOut).toBeLessThan(rounds / 500);
}, 600_000);
