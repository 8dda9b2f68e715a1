/**
 * The evaluator beside a walker that shares nothing with it: it reads the wall clock minute by minute through Intl and
 * takes the rules word by word. `npm run test:long` walks around all changes of all zones.
 */
import { describe, expect, it } from "vitest";
import { differenceOf, patternNear } from "./support/compare-walker.ts";
import { integer, pick, randomFrom } from "./support/random.ts";
import { signatures } from "./support/signatures.ts";
import { allRules, watch } from "./support/walker.ts";
import { changesOf, offsetReader, variedZones } from "./support/zones.ts";

const seed = Number(process.env.SEED ?? 1);
const hour = 3_600_000;

describe("two days around every change from 2020 to 2027", () => {
  it.each(variedZones)("%s", (zone) => {
    const random = randomFrom(seed + variedZones.indexOf(zone));
    const offsetAt = offsetReader(zone);
    for (const change of changesOf(offsetAt, Date.UTC(2020, 0, 1), Date.UTC(2028, 0, 1))) {
      const seen = watch(zone, offsetAt, change);
      let due = 0;
      for (let count = 0; count < 12; count++) {
        const result = differenceOf(seen, patternNear(random, count % 4 === 0), pick(random, allRules));
        expect(result.difference).toBeUndefined();
        due += result.due;
      }
      expect(due).toBeGreaterThan(0);
    }
  });
});

describe("every kind of change from 2020 to 2037, with every rule", () => {
  const found = signatures(Date.UTC(2020, 0, 1), Date.UTC(2038, 0, 1));

  it("knows those that there are", () => {
    expect(found.length).toBeGreaterThan(40);
  });

  it.each(found)("$name", ({ zone, change }) => {
    const random = randomFrom(seed + integer(randomFrom(change / hour), 0, 1_000_000));
    const seen = watch(zone, offsetReader(zone), change);
    for (const rule of allRules) {
      for (let count = 0; count < 5; count++) {
        expect(differenceOf(seen, patternNear(random, count === 0), rule).difference).toBeUndefined();
      }
    }
  });
});

describe("changes that were no summer time", () => {
  it.each<[string, string]>([
    ["Pacific/Apia", "2011-12-30T10:00Z"],
    ["Pacific/Fakaofo", "2011-12-30T11:00Z"],
    ["Pacific/Kwajalein", "1993-08-21T12:00Z"],
    ["Pacific/Kiritimati", "1994-12-31T10:00Z"],
    ["Pacific/Enderbury", "1994-12-31T11:00Z"],
    ["Antarctica/Vostok", "1994-01-31T17:00Z"],
    ["Antarctica/Vostok", "1994-11-01T00:00Z"],
    ["America/St_Johns", "2006-10-29T02:31Z"],
    ["America/St_Johns", "1988-04-03T03:31Z"],
    ["America/Caracas", "2007-12-09T07:00Z"],
    ["Asia/Pyongyang", "2018-05-04T15:00Z"],
    ["Asia/Kathmandu", "1985-12-31T18:30Z"],
  ])("%s at %s", (zone, at) => {
    const random = randomFrom(seed);
    const offsetAt = offsetReader(zone);
    const [change = 0] = changesOf(offsetAt, Date.parse(at) - hour, Date.parse(at) + hour);
    expect(new Date(change).toISOString()).toBe(new Date(at).toISOString());
    const seen = watch(zone, offsetAt, change);
    for (let count = 0; count < 60; count++) {
      const rule = pick(random, allRules);
      expect(differenceOf(seen, patternNear(random, count % 4 === 0), rule).difference).toBeUndefined();
    }
  });
});
