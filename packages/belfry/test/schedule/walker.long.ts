/** The evaluator beside the walker: two days around every change of every zone from 2020 to 2037, with every rule. */
import { expect, it } from "vitest";
import { differenceOf, patternNear } from "./support/compare-walker.ts";
import { randomFrom } from "./support/random.ts";
import { allRules, watch } from "./support/walker.ts";
import { allZones, changesOf, offsetReader } from "./support/zones.ts";

const seed = Number(process.env.SEED ?? 1);

it.each(allZones)("%s", (zone) => {
  const random = randomFrom(seed + allZones.indexOf(zone));
  const offsetAt = offsetReader(zone);
  for (const change of changesOf(offsetAt, Date.UTC(2020, 0, 1), Date.UTC(2038, 0, 1))) {
    const seen = watch(zone, offsetAt, change);
    for (const rule of allRules) {
      expect(differenceOf(seen, patternNear(random, false), rule).difference).toBeUndefined();
    }
    expect(differenceOf(seen, patternNear(random, true), {}).difference).toBeUndefined();
  }
});
