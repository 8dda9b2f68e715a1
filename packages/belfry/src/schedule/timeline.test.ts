import { describe, expect, it } from "vitest";
import { type Reading, stretchesOf } from "./timeline.ts";
import type { Transition } from "./transitions.ts";

const minute = 60_000;
const hour = 60 * minute;

/** Stretches as [from, until, offset] in minutes, of a zone that changes at 0. */
function stretches(reading: Reading, beforeMinutes: number, afterMinutes: number, from = -1_000, until = 1_000) {
  const transition: Transition = { at: 0, before: beforeMinutes * minute, after: afterMinutes * minute };
  const offsets = { first: transition.before, transitions: [transition] };
  const result = stretchesOf(offsets, reading, from * minute, until * minute);
  return [...result.from].map((_, index) =>
    [result.from, result.until, result.offset].map((numbers) => (numbers[index] ?? Number.NaN) / minute),
  );
}

describe("stretches around a change", () => {
  it.each<[string, Reading, number, number, number[][]]>([
    [
      "a gap: the time before runs on",
      "shift-first",
      60,
      120,
      [
        [-1_000, 60, 60],
        [0, 1_000, 120],
      ],
    ],
    [
      "a gap of half an hour",
      "shift-first",
      630,
      660,
      [
        [-1_000, 30, 630],
        [0, 1_000, 660],
      ],
    ],
    [
      "a gap of 3 h",
      "shift-first",
      480,
      660,
      [
        [-1_000, 180, 480],
        [0, 1_000, 660],
      ],
    ],
    [
      "a gap over 3 h: a lost date",
      "shift-first",
      480,
      661,
      [
        [-1_000, 0, 480],
        [0, 1_000, 661],
      ],
    ],
    [
      "a lost day",
      "shift-first",
      -600,
      840,
      [
        [-1_000, 0, -600],
        [0, 1_000, 840],
      ],
    ],
    [
      "a repeat: the time after begins late",
      "shift-first",
      120,
      60,
      [
        [-1_000, 0, 120],
        [60, 1_000, 60],
      ],
    ],
    [
      "a repeat over 3 h",
      "shift-first",
      420,
      0,
      [
        [-1_000, 0, 420],
        [420, 1_000, 0],
      ],
    ],
    [
      "a gap in real time",
      "skip-both",
      60,
      120,
      [
        [-1_000, 0, 60],
        [0, 1_000, 120],
      ],
    ],
    [
      "a repeat in real time",
      "skip-both",
      120,
      60,
      [
        [-1_000, 0, 120],
        [0, 1_000, 60],
      ],
    ],
    [
      "a repeat whose last pass counts: the time before ends early",
      "shift-last",
      120,
      60,
      [
        [-1_000, -60, 120],
        [0, 1_000, 60],
      ],
    ],
    [
      "a gap whose local times are lost",
      "skip-first",
      60,
      120,
      [
        [-1_000, 0, 60],
        [0, 1_000, 120],
      ],
    ],
    [
      "a lost day, where gaps come at the transition",
      "transition-first",
      -600,
      840,
      [
        [-1_000, 0, -600],
        [0, 1_000, 840],
      ],
    ],
  ])("%s", (_, reading, before, after, expected) => {
    expect(stretches(reading, before, after)).toEqual(expected);
  });

  it("reaches into years that begin after the change", () => {
    expect(stretches("shift-first", 60, 120, 10)).toEqual([
      [10, 60, 60],
      [10, 1_000, 120],
    ]);
    expect(stretches("shift-first", 60, 120, 60)).toEqual([[60, 1_000, 120]]);
    expect(stretches("shift-first", 120, 60, 10)).toEqual([[60, 1_000, 60]]);
    expect(stretches("shift-first", 60, 120, -1_000, 30)).toEqual([
      [-1_000, 30, 60],
      [0, 30, 120],
    ]);
  });

  it("is one stretch where nothing changes", () => {
    const { from, until, offset } = stretchesOf({ first: hour, transitions: [] }, "shift-first", 5, 9);
    expect([...from, ...until, ...offset]).toEqual([5, 9, hour]);
  });

  it("has one instant for all local times of a gap that come at the transition", () => {
    const transition: Transition = { at: 0, before: hour, after: 2 * hour };
    const offsets = { first: hour, transitions: [transition] };
    const { from, until, reach, offset } = stretchesOf(offsets, "transition-first", -hour, hour);
    expect([...from]).toEqual([-hour, 0, 0]);
    expect([...until]).toEqual([0, 1, hour]);
    expect([...reach]).toEqual([0, hour, hour]);
    expect([...offset]).toEqual([hour, hour, 2 * hour]);
    expect([...stretchesOf(offsets, "transition-first", 1, hour).from]).toEqual([1]);
  });
});
