import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CatchUp, type Decision, decideDue } from "./catchup.ts";
import { type CompiledSchedule, compile } from "./compile.ts";

const minute = 60_000;
const hour = 3_600_000;
const day = 86_400_000;
const everyMinute = compile({ everyMs: minute, anchor: 0 });
const start = Date.UTC(2026, 10, 23);

function decide(cursor: number, now: number, catchUp: CatchUp = "latest", catchUpWindowMs = day): Decision | undefined {
  return decideDue(everyMinute, { cursor, now, catchUp, catchUpWindowMs, lateAfterMs: 30_000 });
}

describe("nothing is due", () => {
  it.each<[string, number, number]>([
    ["before the next instant", start, start + minute - 1],
    ["when no time has passed", start, start],
    ["when the clock stepped back", start, start - hour],
    ["just after an instant that was decided", start, start + 1],
  ])("%s", (_, cursor, now) => {
    expect(decide(cursor, now)).toBeUndefined();
  });

  it("before the first and after the last instant of a schedule", () => {
    const once = compile({ at: start });
    const input = { catchUp: "latest", catchUpWindowMs: day, lateAfterMs: 30_000 } as const;
    expect(decideDue(once, { ...input, cursor: 0, now: start - 1 })).toBeUndefined();
    expect(decideDue(once, { ...input, cursor: start, now: start + day })).toBeUndefined();
  });
});

describe("the newest due instant is not late: it fires, whatever catchUp says", () => {
  it.each<CatchUp>(["skip", "latest"])("catchUp %s", (catchUp) => {
    const next = { cursor: start + minute, nextAt: start + 2 * minute };
    for (const age of [0, 1, 30_000]) {
      expect(decide(start, start + minute + age, catchUp, 0)).toEqual({ fire: start + minute, ...next });
    }
  });

  it.each<CatchUp>(["skip", "latest"])("and those before it are missed: catchUp %s", (catchUp) => {
    expect(decide(start, start + 3 * minute, catchUp)).toEqual({
      missed: { after: start, upTo: start + 2 * minute },
      fire: start + 3 * minute,
      cursor: start + 3 * minute,
      nextAt: start + 4 * minute,
    });
  });

  it("fires the last of all", () => {
    const once = compile({ at: start });
    const input = { cursor: 0, now: start, catchUp: "skip", catchUpWindowMs: 0, lateAfterMs: 0 } as const;
    expect(decideDue(once, input)).toEqual({ fire: start, cursor: start, nextAt: undefined });
  });
});

describe("the newest due instant is late", () => {
  const late = start + minute + 30_001;

  it("catchUp skip: it is missed", () => {
    expect(decide(start, late, "skip")).toEqual({
      missed: { after: start, upTo: start + minute },
      cursor: start + minute,
      nextAt: start + 2 * minute,
    });
  });

  it("catchUp latest: it fires", () => {
    expect(decide(start, late)).toEqual({ fire: start + minute, cursor: start + minute, nextAt: start + 2 * minute });
  });

  it("catchUp latest: it fires up to the end of the window, and is missed after it", () => {
    const daily = compile({ cron: "0 2 * * *", timezone: "Europe/Berlin" });
    const due = Date.UTC(2026, 10, 23, 1);
    const input = { cursor: due - 3 * day, catchUp: "latest", catchUpWindowMs: 3 * hour, lateAfterMs: 30_000 } as const;
    const after = { cursor: due, nextAt: due + day };
    const missed = { after: due - 3 * day, upTo: due - day };
    expect(decideDue(daily, { ...input, now: due + 3 * hour })).toEqual({ missed, fire: due, ...after });
    const allMissed = { after: due - 3 * day, upTo: due };
    expect(decideDue(daily, { ...input, now: due + 3 * hour + 1 })).toEqual({ missed: allMissed, ...after });
  });
});

const scheduleArbitrary: fc.Arbitrary<CompiledSchedule> = fc
  .constantFrom(
    { cron: "*/7 * * * *", timezone: "America/New_York" },
    { cron: "30 1,2,3 * * *", timezone: "America/New_York" },
    { everyMs: 1_000, anchor: 0 },
    { everyMs: 90 * minute + 1, anchor: 77 },
    { at: Date.UTC(2026, 2, 8, 7) },
  )
  .map((spec) => compile(spec));

describe("rule 5.7, spelled out for every single instant", () => {
  it("decides every due instant once, as the rule says", () => {
    const around = { min: Date.UTC(2026, 2, 7), max: Date.UTC(2026, 2, 9) };
    fc.assert(
      fc.property(
        scheduleArbitrary,
        fc.integer(around),
        fc.integer({ min: 0, max: 6 * hour }),
        fc.constantFrom<CatchUp>("skip", "latest"),
        fc.integer({ min: 0, max: 3 * hour }),
        fc.integer({ min: 0, max: hour }),
        (schedule, cursor, passed, catchUp, catchUpWindowMs, lateAfterMs) => {
          const now = cursor + passed;
          const due = schedule.between(cursor, now, 1_000_000);
          const decision = decideDue(schedule, { cursor, now, catchUp, catchUpWindowMs, lateAfterMs });
          if (due.length === 0) {
            expect(decision).toBeUndefined();
            return;
          }
          const fired = due.filter((instant, index) => {
            const missed = index < due.length - 1 || now - instant > lateAfterMs;
            const caughtUp = catchUp === "latest" && index === due.length - 1 && now - instant <= catchUpWindowMs;
            return !missed || caughtUp;
          });
          const missed = due.filter((instant) => !fired.includes(instant));
          expect(decision?.fire).toBe(fired[0]);
          expect(decision?.missed).toEqual(missed.length === 0 ? undefined : { after: cursor, upTo: missed.at(-1) });
          expect(decision?.cursor).toBe(due.at(-1));
          expect(decision?.nextAt).toBe(schedule.next(now));
        },
      ),
    );
  });

  it("asks the schedule as often for a million missed instants as for one", () => {
    let questions = 0;
    const counted: CompiledSchedule = {
      next: (after) => ++questions && everyMinute.next(after),
      previous: (before) => ++questions && everyMinute.previous(before),
      between: () => expect.unreachable(),
    };
    const now = start + 1_000_000 * minute;
    const decision = decideDue(counted, {
      cursor: start,
      now,
      catchUp: "latest",
      catchUpWindowMs: day,
      lateAfterMs: 0,
    });
    expect(decision).toEqual({
      missed: { after: start, upTo: now - minute },
      fire: now,
      cursor: now,
      nextAt: now + minute,
    });
    expect(questions).toBeLessThanOrEqual(3);
  });
});
