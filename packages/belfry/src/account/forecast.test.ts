import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile } from "../schedule/compile.ts";
import type { ScheduleSpec } from "../schedule/spec.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import { Busiest } from "./busiest.ts";
import { durationsOf } from "./durations.ts";
import { ForecastSum } from "./forecast.ts";

const minute = 60_000;
const now = Date.parse("2026-03-28T20:07:30Z");
const from = now - 30_000;
const to = from + 120 * minute;

function rowOf(task: string, key: string, spec: ScheduleSpec, fields: Partial<ScheduleRow> = {}): ScheduleRow {
  return {
    ...{ id: 1, taskId: "", task, key, app: "default", origin: "code", version: 1, failures: 0, changedAt: 0 },
    ...{ spec: JSON.stringify(spec), priority: 0, overlap: "skip", catchUp: "latest", cursor: now, since: 0 },
    ...fields,
  };
}

function forecast(tasks: { meanMs?: number; rows: ScheduleRow[] }[], hours = 2) {
  const sum = new ForecastSum({ now, hours });
  for (const { meanMs, rows } of tasks) {
    sum.begin(rows[0]?.task ?? "", meanMs === undefined ? undefined : { meanMs, mostMs: meanMs });
    for (const row of rows) {
      const spec = JSON.parse(row.spec) as ScheduleSpec;
      for (const _ of sum.add(row, { spec, schedule: compile(spec, `${row.task}/${row.key}`) }));
    }
  }
  return sum.toForecast();
}

const every = (minutes: number, anchor = 0): ScheduleSpec => ({ everyMs: minutes * minute, anchor });

describe("a forecast", () => {
  test("counts every run in the minute in which it is due, as a listing of all of them does", () => {
    const schedule = fc.record({
      minutes: fc.integer({ min: 1, max: 90 }),
      anchor: fc.integer({ min: 0, max: 90 * minute }),
      spreadMs: fc.option(fc.integer({ min: 1, max: 50 * minute }), { nil: undefined }),
      until: fc.option(fc.integer({ min: 0, max: 120 }), { nil: undefined }),
      skip: fc.option(fc.integer({ min: 0, max: 120 }), { nil: undefined }),
      meanMs: fc.integer({ min: 0, max: 20 * minute }),
    });
    fc.assert(
      fc.property(fc.array(schedule, { minLength: 1, maxLength: 6 }), (given) => {
        const runs: { dueAt: number; endsAt: number }[] = [];
        const tasks = given.map(({ minutes, anchor, spreadMs, until, skip, meanMs }, index) => {
          const spec = { ...every(minutes, anchor), ...(spreadMs === undefined ? {} : { spreadMs }) };
          const pause = until === undefined ? undefined : { at: 0, until: now + until * minute };
          const skipUntil = skip === undefined ? undefined : now + skip * minute;
          const compiled = compile(spec, `t${index}/k`);
          const free = compiled
            .between(now - 60 * minute, to, Infinity)
            .filter((instant) => instant >= Math.max(pause?.until ?? 0, skipUntil ?? 0))
            .map((instant) => compiled.dueAt(instant));
          for (const dueAt of free) if (dueAt > now && dueAt < to) runs.push({ dueAt, endsAt: dueAt + meanMs });
          const fields = {
            cursor: now - 60 * minute,
            overlap: "allow",
            skipUntil,
            ...(pause ? { pause } : {}),
          } as const;
          return { meanMs, rows: [rowOf(`t${index}`, "k", spec, fields)] };
        });
        const answer = forecast(tasks);
        const inMinute = (index: number) =>
          runs.filter(({ dueAt }) => Math.floor((dueAt - from) / minute) === index).length;
        expect(answer.perMinute).toEqual(answer.perMinute.map((_, index) => inMinute(index)));
        expect(answer.firings).toBe(runs.length);
        const secondOf = (instant: number) => Math.floor((instant - from) / 1_000);
        const running = runs.map(({ dueAt: at }) => {
          const second = secondOf(at);
          return runs.filter(
            ({ dueAt, endsAt }) =>
              secondOf(dueAt) <= second && (secondOf(dueAt) === second || from + second * 1_000 < endsAt),
          ).length;
        });
        expect(answer.peakConcurrency).toBe(Math.max(0, ...running));
      }),
    );
  });

  test("lets a schedule's runs overlap themselves only where they may", () => {
    const rows = (overlap: ScheduleRow["overlap"]) => [rowOf("job", "k", every(10), { overlap })];
    expect(forecast([{ meanMs: 35 * minute, rows: rows("skip") }]).peakConcurrency).toBe(1);
    expect(forecast([{ meanMs: 35 * minute, rows: rows("allow") }]).peakConcurrency).toBe(4);
  });

  test("names those that overlap themselves, by the time to their next instant", () => {
    const rows = [rowOf("job", "often", every(10)), rowOf("job", "rarely", every(60))];
    const pair = rowOf("pair", "k", { cron: "0,5 21 * * *", timezone: "UTC" });
    const answer = forecast([
      { meanMs: 11 * minute, rows },
      { meanMs: 6 * minute, rows: [pair] },
    ]);
    expect(answer.overlapping).toEqual([
      { task: "job", schedule: "often", durationMs: 11 * minute, everyMs: 10 * minute },
      { task: "pair", schedule: "k", durationMs: 6 * minute, everyMs: 5 * minute },
    ]);
  });

  test("names the worst minutes, the worst first, and tasks of which nothing is known", () => {
    const rows = Array.from({ length: 30 }, (_, n) => rowOf("many", `k${n}`, every(60)));
    const answer = forecast([
      { rows },
      { meanMs: 1, rows: [rowOf("one", "k", every(30))] },
      { rows: [rowOf("never", "k", { at: 0 })] },
    ]);
    expect(answer.worst.map(({ at, firings }) => `${at.slice(11, 16)} ${firings}`)).toEqual([
      ...["21:00 31", "22:00 31", "20:30 1", "21:30 1"],
    ]);
    expect(answer.worst[0]?.tasks).toEqual([
      { task: "many", firings: 30 },
      { task: "one", firings: 1 },
    ]);
    expect(answer.unknownDurations).toEqual(["many"]);
    expect(answer.schedules).toBe(31);
  });

  test("of a week at every second gives others their turn", () => {
    const sum = new ForecastSum({ now, hours: 168 });
    sum.begin("job", undefined);
    const spec = { everyMs: 1_000, anchor: 0 };
    let turns = 0;
    for (const _ of sum.add(rowOf("job", "k", spec), { spec, schedule: compile(spec) })) turns += 1;
    expect(turns).toBeGreaterThan(600);
    expect(sum.toForecast().firings).toBe(168 * 3_600 - 31);
  });
});

test("durations are a mean and what one in twenty takes longer than", () => {
  const runs = Array.from({ length: 100 }, (_, n) => ({ startedAt: 1_000, completedAt: 1_000 + (n + 1) * 10 }));
  expect(durationsOf(runs)).toEqual({ meanMs: 505, mostMs: 950 });
  expect(durationsOf([{ startedAt: 5 }, {}])).toBeUndefined();
});

test("the busiest tasks of a minute are the five with the most, whatever order they come in", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 12 }), (counts) => {
      const busiest = new Busiest(3);
      for (const [index, count] of counts.entries()) {
        for (let times = 0; times < count; times++) busiest.note(1);
        busiest.close(`t${index}`);
      }
      const expected = counts
        .map((firings, index) => ({ task: `t${index}`, firings }))
        .filter(({ firings }) => firings > 0)
        .sort((a, b) => b.firings - a.firings)
        .slice(0, 5);
      expect(busiest.of(1)).toEqual(expected);
      expect(busiest.of(0)).toEqual([]);
    }),
  );
});
