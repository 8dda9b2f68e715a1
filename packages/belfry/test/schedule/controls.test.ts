/** The checkers are checked: an evaluator that is broken on purpose makes them cry. */
import { describe, expect, it } from "vitest";
import { Compiled } from "../../src/schedule/compiled.ts";
import { parseCron } from "../../src/schedule/cron.ts";
import { readingOf } from "../../src/schedule/dst.ts";
import { eraMs, type Timeline } from "../../src/schedule/eras.ts";
import { nextInstant, previousInstant } from "../../src/schedule/instants.ts";
import { type Reading, stretchesOf } from "../../src/schedule/timeline.ts";
import { findOffsets, type Transition } from "../../src/schedule/transitions.ts";
import { compareWithCroner, type Tally } from "./support/compare-croner.ts";
import { type Compile, differenceOf, patternNear } from "./support/compare-walker.ts";
import { randomFrom } from "./support/random.ts";
import { allRules, watch } from "./support/walker.ts";
import { offsetReader } from "./support/zones.ts";

const day = 86_400_000;

/** An evaluator that reads zones with one thing wrong. */
function broken(change: (transition: Transition) => Transition, rule: (reading: Reading) => Reading): Compile {
  return (spec) => {
    if (!("cron" in spec)) throw new Error("patterns only");
    const { fields } = parseCron(spec.cron, "cron");
    const reading = rule(readingOf(fields, spec.dst, "dst"));
    const stretches = new Map<number, ReturnType<typeof stretchesOf>>();
    const timeline = {
      stretches(era: number) {
        const known = stretches.get(era);
        if (known) return known;
        const [from, until] = [era * eraMs, (era + 1) * eraMs];
        const { first, transitions } = findOffsets(spec.timezone, from - day, until + day);
        const made = stretchesOf({ first, transitions: transitions.map(change) }, reading, from, until);
        stretches.set(era, made);
        return made;
      },
    } as Timeline;
    return new (class extends Compiled {
      next = (after: number) => nextInstant(fields, timeline, after);
      previous = (before: number) => previousInstant(fields, timeline, before);
    })();
  };
}

const same = <T>(value: T) => value;
const minuteLate = (transition: Transition) => ({ ...transition, at: transition.at + 60_000 });

const mistakes: [string, Compile][] = [
  ["every change comes a minute late", broken(minuteLate, same)],
  ["a gap is 15 minutes longer", broken((one) => ({ ...one, after: one.after + 900_000 }), same)],
  ["gaps are lost", broken(same, (reading) => reading.replace(/^\w+/, "skip") as Reading)],
  ["gaps are moved to the transition", broken(same, (reading) => reading.replace("shift", "transition") as Reading)],
  ["repeats fire twice", broken(same, (reading) => reading.replace(/-\w+$/, "-both") as Reading)],
  ["the wrong pass fires", broken(same, (reading) => reading.replace("-first", "-last") as Reading)],
];

describe("the walker", () => {
  const seen = ["2026-03-29T01:00Z", "2026-10-25T01:00Z"].map((at) =>
    watch("Europe/Berlin", offsetReader("Europe/Berlin"), Date.parse(at)),
  );
  const cries = (make: Compile) => {
    const random = randomFrom(1);
    return seen.some((one) =>
      allRules.some((rule) => {
        const patterns = Array.from({ length: 20 }, () => patternNear(random, false));
        return patterns.some((pattern) => differenceOf(one, pattern, rule, make).difference !== undefined);
      }),
    );
  };

  it.each(mistakes)("cries when %s", (_, make) => {
    expect(cries(make)).toBe(true);
  });

  it("says nothing when nothing is wrong", () => {
    expect(cries(broken(same, same))).toBe(false);
  });
});

describe("the comparison with croner", () => {
  const differences = (make: Compile) => {
    const random = randomFrom(1);
    const tally: Tally = { compared: 0, leftOut: {}, differences: [] };
    while (tally.compared < 3_000) compareWithCroner(random, "Europe/Berlin", tally, make);
    return tally.differences.length;
  };

  it("cries when every change comes an hour late, and says nothing when nothing is wrong", () => {
    const hourLate = broken((one) => ({ ...one, at: one.at + 3_600_000 }), same);
    expect(differences(hourLate)).toBeGreaterThan(0);
    expect(differences(broken(same, same))).toBe(0);
  });
});
