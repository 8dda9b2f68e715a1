import fc from "fast-check";
import { expect, it } from "vitest";
import { catchUps, ruleOf } from "./catchup.ts";
import { type CompiledSchedule, compile } from "./compile.ts";
import { type Decision, type DueInput, decideDue } from "./decide.ts";
import type { ScheduleSpec } from "./spec.ts";

const minute = 60_000;
const hour = 3_600_000;
const day = 86_400_000;

const specs: ScheduleSpec[] = [
  { cron: "*/7 * * * *", timezone: "America/New_York" },
  { cron: "30 1,2,3 * * *", timezone: "America/New_York" },
  { everyMs: 60_000, anchor: 0 },
  { everyMs: 90 * minute + 1, anchor: 77 },
  { everyMs: 15 * minute, anchor: 0, spreadMs: 10 * minute },
  { cron: "0,20 * * * *", timezone: "America/New_York", spreadMs: hour },
  { at: Date.UTC(2026, 2, 8, 7) },
];

const range = { min: Date.UTC(2026, 2, 7), max: Date.UTC(2026, 2, 9) };
const schedules = fc.constantFrom(...specs).map((spec) => compile(spec, "task/key"));
const inputs: fc.Arbitrary<DueInput> = fc
  .record({
    cursor: fc.integer(range),
    passed: fc.integer({ min: -hour, max: 6 * hour }),
    catchUp: fc.record({
      policy: fc.constantFrom(...catchUps),
      windowMs: fc.integer({ min: 0, max: 4 * hour }),
      limit: fc.integer({ min: 1, max: 20 }),
      spacingMs: fc.integer({ min: 0, max: minute }),
    }),
    lateAfterMs: fc.integer({ min: 0, max: hour }),
    pause: fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      fc.constant({}),
      fc.record({ until: fc.integer(range) }),
    ),
    skipUntil: fc.option(fc.integer(range), { nil: undefined }),
  })
  .map(({ passed, ...input }) => ({ ...input, now: input.cursor + passed }));

/** The rules, spelled out for every single instant. */
function told(schedule: CompiledSchedule, due: readonly number[], input: DueInput): Map<number, string> {
  const { now, catchUp, lateAfterMs, pause, skipUntil } = input;
  const isPaused = (instant: number) => pause !== undefined && (pause.until === undefined || instant < pause.until);
  const isSkipped = (instant: number) => skipUntil !== undefined && instant < skipUntil;
  const isMissed = (instant: number) => instant !== due.at(-1) || now - schedule.dueAt(instant) > lateAfterMs;
  const rest = due.filter((instant) => !isPaused(instant) && !isSkipped(instant));
  const missed = rest.filter(isMissed);
  const young = missed.filter((instant) => now - instant <= catchUp.windowMs);
  const wanted = {
    skip: [],
    latest: young.filter((instant) => instant === due.at(-1)),
    all: young.slice(-catchUp.limit),
  }[catchUp.policy];
  const isQueue = catchUp.policy === "all" && wanted.length > 0;
  const queue = [...wanted, ...rest.filter((instant) => !isMissed(instant))];
  return new Map(
    due.map((instant) => {
      if (isPaused(instant)) return [instant, "paused"];
      if (isSkipped(instant)) return [instant, "skipped"];
      if (!queue.includes(instant)) return [instant, "missed"];
      return [instant, isQueue ? `queued ${queue.indexOf(instant) * catchUp.spacingMs}` : "fires"];
    }),
  );
}

function wordsOf(decision: Decision, due: readonly number[]): Map<number, string> {
  return new Map(
    decision.links.flatMap((link): [number, string][] => {
      if ("instant" in link) return [[link.instant, link.queued ? `queued ${link.queued.delayMs}` : "fires"]];
      return due.filter((at) => at > link.after && at <= link.upTo).map((at) => [at, link.reason]);
    }),
  );
}

it("decides every due instant once, as the rules say", () => {
  fc.assert(
    fc.property(schedules, inputs, (schedule, input) => {
      const due = schedule.between(input.cursor, input.now, 100_000).filter((at) => schedule.dueAt(at) <= input.now);
      const decision = decideDue(schedule, input);
      if (due.length === 0) {
        expect(decision).toBeUndefined();
        return;
      }
      expect(wordsOf(decision as Decision, due)).toEqual(told(schedule, due, input));
      expect(decision?.newCursor).toBe(due.at(-1));
      expect(decision?.next?.nextAt).toBe(schedule.next(due.at(-1) ?? 0));
    }),
    { numRuns: 2_000 },
  );
});

it("makes a chain: each link begins where the one before ended, and no instant lies between two", () => {
  fc.assert(
    fc.property(schedules, inputs, (schedule, input) => {
      const decision = decideDue(schedule, input);
      if (!decision) return;
      let at = input.cursor;
      for (const link of decision.links) {
        if ("instant" in link) expect(schedule.next(at)).toBe(link.instant);
        else expect([link.after, link.upTo > at]).toEqual([at, true]);
        at = "instant" in link ? link.instant : link.upTo;
      }
      expect(at).toBe(decision.newCursor);
      expect(decision.wasDueAt).toBeLessThanOrEqual(input.now);
      expect(decision.next === undefined || decision.next.dueAt > input.now).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

it("two decisions, one after the other, decide what one decides: no instant twice, none left out", () => {
  fc.assert(
    fc.property(schedules, inputs, fc.integer({ min: 0, max: 3 * hour }), (schedule, input, later) => {
      const first = decideDue(schedule, input);
      const cursor = first?.newCursor ?? input.cursor;
      const second = decideDue(schedule, { ...input, cursor, now: input.now + later });
      const due = schedule
        .between(input.cursor, input.now + later, 100_000)
        .filter((at) => schedule.dueAt(at) <= input.now + later);
      const decided = [first, second].flatMap((one) => (one ? [...wordsOf(one, due).keys()] : []));
      expect(decided).toEqual(due);
    }),
  );
});

it.each([
  ["skip", ruleOf("skip"), 8],
  ["latest", ruleOf("latest"), 8],
  ["all", { ...ruleOf("all"), limit: 10, windowMs: 366 * day }, 18],
] as const)(
  "asks the schedule as often for a million missed instants as for twenty: catchUp %s",
  (_, catchUp, most) => {
    const everyMinute = compile({ everyMs: minute, anchor: 0 });
    const start = Date.UTC(2026, 10, 23);
    const questions = [20, 1_000, 500_000, 1_000_000].map((missed) => {
      let asked = 0;
      const counted: CompiledSchedule = {
        next: (after) => ++asked && everyMinute.next(after),
        previous: (before) => ++asked && everyMinute.previous(before),
        between: () => expect.unreachable(),
        dueAt: (instant) => instant,
      };
      const input = { catchUp, lateAfterMs: 0, pause: { until: start + 1 }, skipUntil: start + 5 * minute };
      decideDue(counted, { ...input, cursor: start - minute, now: start + missed * minute });
      return asked;
    });
    expect(new Set(questions).size).toBe(1);
    expect(questions[0]).toBeLessThanOrEqual(most);
  },
);
