import { describe, expect, it } from "vitest";
import { type CatchUp, type CatchUpRule, catchUps, ruleOf } from "./catchup.ts";
import { type CompiledSchedule, compile } from "./compile.ts";
import { type Decision, type DueInput, decideDue, newestDue, upcoming } from "./decide.ts";

const minute = 60_000;
const hour = 3_600_000;
const day = 86_400_000;
const everyMinute = compile({ everyMs: minute, anchor: 0 });
const start = Date.UTC(2026, 10, 23);

const plain = { cursor: start, catchUp: ruleOf("latest"), lateAfterMs: 30_000 };

function decide(input: Partial<DueInput> & { now: number }, schedule = everyMinute): Decision | undefined {
  return decideDue(schedule, { ...plain, ...input });
}

/** The links in minutes after the start: `0-3 missed`, `4`, `5 queued 0`. */
function linksOf(decision: Decision | undefined, unit = minute): string[] {
  const at = (instant: number) => (instant - start) / unit;
  return (decision?.links ?? []).map((link) => {
    if ("reason" in link) return `${at(link.after)}-${at(link.upTo)} ${link.reason}`;
    return `${at(link.instant)}${link.queued ? ` queued ${link.queued.delayMs}` : ""}`;
  });
}

function all(bounds: Partial<CatchUpRule> = {}): CatchUpRule {
  return { ...ruleOf("all"), ...bounds };
}

describe("nothing is due", () => {
  it.each<[string, number, number]>([
    ["before the next instant", start, start + minute - 1],
    ["when no time has passed", start, start],
    ["when the clock stepped back", start, start - hour],
    ["just after an instant that was decided", start, start + 1],
  ])("%s", (_, cursor, now) => {
    expect(decide({ cursor, now })).toBeUndefined();
    expect(decide({ cursor, now, pause: {}, skipUntil: now + day, catchUp: all() })).toBeUndefined();
  });

  it("before the first and after the last instant of a schedule", () => {
    const once = compile({ at: start });
    expect(decide({ cursor: 0, now: start - 1 }, once)).toBeUndefined();
    expect(decide({ cursor: start, now: start + day }, once)).toBeUndefined();
  });
});

describe("the newest due instant is not late: it fires, whatever catchUp says", () => {
  it.each<CatchUp>(catchUps)("catchUp %s", (policy) => {
    const catchUp = { ...ruleOf(policy), windowMs: 0 };
    for (const age of [0, 1, 30_000]) {
      expect(decide({ now: start + minute + age, catchUp })).toEqual({
        links: [{ instant: start + minute }],
        newCursor: start + minute,
        wasDueAt: start + minute,
        next: { nextAt: start + 2 * minute, dueAt: start + 2 * minute },
      });
    }
  });

  it.each<[string, CatchUpRule, string[]]>([
    ["skip", ruleOf("skip"), ["0-2 missed", "3"]],
    ["latest", ruleOf("latest"), ["0-2 missed", "3"]],
    ["all", all(), ["1 queued 0", "2 queued 0", "3 queued 0"]],
    ["all, none of them young enough", all({ windowMs: 59_999 }), ["0-2 missed", "3"]],
    ["all, one of them", all({ limit: 1 }), ["0-1 missed", "2 queued 0", "3 queued 0"]],
  ])("those before it are missed: catchUp %s", (_, catchUp, links) => {
    expect(linksOf(decide({ now: start + 3 * minute, catchUp }))).toEqual(links);
  });

  it("fires the last of all", () => {
    const once = compile({ at: start });
    const input = { cursor: 0, now: start, catchUp: ruleOf("skip"), lateAfterMs: 0 };
    expect(decideDue(once, input)).toEqual({
      links: [{ instant: start }],
      newCursor: start,
      wasDueAt: start,
      next: undefined,
    });
  });
});

describe("the newest due instant is late", () => {
  const now = start + 5 * minute + 30_001;

  it.each<[string, CatchUpRule, string[]]>([
    ["skip", ruleOf("skip"), ["0-5 missed"]],
    ["latest", ruleOf("latest"), ["0-4 missed", "5"]],
    ["latest, up to the end of the window", { ...ruleOf("latest"), windowMs: 30_001 }, ["0-4 missed", "5"]],
    ["latest, after it", { ...ruleOf("latest"), windowMs: 30_000 }, ["0-5 missed"]],
    ["all", all(), ["1", "2", "3", "4", "5"].map((at) => `${at} queued 0`)],
    ["all, with a limit", all({ limit: 2 }), ["0-3 missed", "4 queued 0", "5 queued 0"]],
    [
      "all, in a window",
      all({ windowMs: 2 * minute + 30_001 }),
      ["0-2 missed", "3 queued 0", "4 queued 0", "5 queued 0"],
    ],
    ["all, a millisecond less", all({ windowMs: 2 * minute + 30_000 }), ["0-3 missed", "4 queued 0", "5 queued 0"]],
    ["all, in no window", all({ windowMs: 0 }), ["0-5 missed"]],
    ["all, spaced", all({ limit: 3, spacingMs: 7 }), ["0-2 missed", "3 queued 0", "4 queued 7", "5 queued 14"]],
  ])("catchUp %s", (_, catchUp, links) => {
    expect(linksOf(decide({ now, catchUp }))).toEqual(links);
  });

  it("all: one that was missed alone is caught up, too", () => {
    expect(linksOf(decide({ now: start + minute + 30_001, catchUp: all() }))).toEqual(["1 queued 0"]);
  });
});

describe("an outage of a schedule that is due every hour", () => {
  const hourly = compile({ cron: "0 * * * *", timezone: "UTC" });
  it.each<[string, number, CatchUpRule, string[]]>([
    ["3 h, skip", 3.25, ruleOf("skip"), ["0-3 missed"]],
    ["3 h, latest", 3.25, ruleOf("latest"), ["0-2 missed", "3"]],
    ["3 h, all", 3.25, all(), ["1 queued 0", "2 queued 0", "3 queued 0"]],
    ["3 h, the newest on time, skip", 3, ruleOf("skip"), ["0-2 missed", "3"]],
    ["10 d, skip", 240.25, ruleOf("skip"), ["0-240 missed"]],
    ["10 d, latest", 240.25, ruleOf("latest"), ["0-239 missed", "240"]],
    ["10 d, all: what is younger than a day", 240.25, all(), ["0-216 missed", ...queued(217, 240)]],
    ["10 d, all in 20 d: a hundred", 240.25, all({ windowMs: 20 * day }), ["0-140 missed", ...queued(141, 240)]],
    ["10 d, all in 20 d, 1,000", 240.25, all({ windowMs: 20 * day, limit: 1_000 }), queued(1, 240)],
  ])("%s", (_, hours, catchUp, links) => {
    expect(linksOf(decide({ now: start + hours * hour, catchUp }, hourly), hour)).toEqual(links);
  });

  function queued(from: number, to: number): string[] {
    return Array.from({ length: to - from + 1 }, (_, index) => `${from + index} queued 0`);
  }
});

describe("a pause takes its instants first, then a skip, then what was missed", () => {
  const at = (minutes: number) => start + minutes * minute;
  it.each<[string, Partial<DueInput>, string[]]>([
    ["paused for good", { pause: {} }, ["0-9 paused"]],
    ["paused for good, and all is to be caught up", { pause: {}, catchUp: all() }, ["0-9 paused"]],
    ["paused until one of them", { pause: { until: at(4) } }, ["0-3 paused", "3-8 missed", "9"]],
    ["paused until just after one", { pause: { until: at(4) + 1 } }, ["0-4 paused", "4-8 missed", "9"]],
    ["paused until the newest", { pause: { until: at(9) } }, ["0-8 paused", "9"]],
    ["paused until a time to come", { pause: { until: at(9) + 1 } }, ["0-9 paused"]],
    ["a pause that was over before", { pause: { until: at(1) } }, ["0-8 missed", "9"]],
    ["a pause of long ago", { pause: { until: 0 } }, ["0-8 missed", "9"]],
    ["skipped", { skipUntil: at(3) + 1 }, ["0-3 skipped", "3-8 missed", "9"]],
    ["all skipped", { skipUntil: at(100) }, ["0-9 skipped"]],
    [
      "paused, then skipped",
      { pause: { until: at(3) }, skipUntil: at(6) },
      ["0-2 paused", "2-5 skipped", "5-8 missed", "9"],
    ],
    [
      "paused for longer than skipped",
      { pause: { until: at(6) }, skipUntil: at(3) },
      ["0-5 paused", "5-8 missed", "9"],
    ],
    [
      "paused, skipped, and the rest caught up",
      { pause: { until: at(3) }, skipUntil: at(6), catchUp: all({ limit: 2 }) },
      ["0-2 paused", "2-5 skipped", "5-6 missed", "7 queued 0", "8 queued 0", "9 queued 0"],
    ],
    ["all but the newest paused: nothing is missed", { pause: { until: at(9) }, catchUp: all() }, ["0-8 paused", "9"]],
  ])("%s", (_, input, links) => {
    expect(linksOf(decide({ now: at(9), ...input }))).toEqual(links);
  });
});

describe("spread: an instant is due later than it is", () => {
  /** Due ten minutes after each hour. */
  const hourly = compile({ everyMs: hour, anchor: 0 });
  const late: CompiledSchedule = {
    next: (after) => hourly.next(after),
    previous: (before) => hourly.previous(before),
    between: (after, upTo, limit) => hourly.between(after, upTo, limit),
    dueAt: (instant) => instant + 10 * minute,
  };

  it("nothing is due before that, and then it is on time", () => {
    expect(decide({ now: start + hour + 10 * minute - 1 }, late)).toBeUndefined();
    expect(decide({ now: start + hour + 10 * minute }, late)).toEqual({
      links: [{ instant: start + hour }],
      newCursor: start + hour,
      wasDueAt: start + hour + 10 * minute,
      next: { nextAt: start + 2 * hour, dueAt: start + 2 * hour + 10 * minute },
    });
  });

  it("late is what was due long ago, not what lies long ago", () => {
    const skip = { catchUp: ruleOf("skip") };
    expect(linksOf(decide({ now: start + hour + 10 * minute + 30_000, ...skip }, late), hour)).toEqual(["1"]);
    expect(linksOf(decide({ now: start + hour + 10 * minute + 30_001, ...skip }, late), hour)).toEqual(["0-1 missed"]);
  });

  it("an instant that has passed and is not due yet is left, with what was before it decided", () => {
    const decision = decide({ now: start + 4 * hour + 5 * minute }, late);
    expect(linksOf(decision, hour)).toEqual(["0-2 missed", "3"]);
    expect(decision?.next).toEqual({ nextAt: start + 4 * hour, dueAt: start + 4 * hour + 10 * minute });
    expect(newestDue(late, start + 4 * hour + 5 * minute)).toBe(start + 3 * hour);
    expect(upcoming(late, start + 3 * hour)).toEqual(decision?.next);
  });
});
