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
      "once",
      60,
      120,
      [
        [-1_000, 60, 60],
        [0, 1_000, 120],
      ],
    ],
    [
      "a gap of half an hour",
      "once",
      630,
      660,
      [
        [-1_000, 30, 630],
        [0, 1_000, 660],
      ],
    ],
    [
      "a gap of 3 h",
      "once",
      480,
      660,
      [
        [-1_000, 180, 480],
        [0, 1_000, 660],
      ],
    ],
    [
      "a gap over 3 h: a lost date",
      "once",
      480,
      661,
      [
        [-1_000, 0, 480],
        [0, 1_000, 661],
      ],
    ],
    [
      "a lost day",
      "once",
      -600,
      840,
      [
        [-1_000, 0, -600],
        [0, 1_000, 840],
      ],
    ],
    [
      "a repeat: the time after begins late",
      "once",
      120,
      60,
      [
        [-1_000, 0, 120],
        [60, 1_000, 60],
      ],
    ],
    [
      "a repeat over 3 h",
      "once",
      420,
      0,
      [
        [-1_000, 0, 420],
        [420, 1_000, 0],
      ],
    ],
    [
      "a gap in real time",
      "real",
      60,
      120,
      [
        [-1_000, 0, 60],
        [0, 1_000, 120],
      ],
    ],
    [
      "a repeat in real time",
      "real",
      120,
      60,
      [
        [-1_000, 0, 120],
        [0, 1_000, 60],
      ],
    ],
  ])("%s", (_, reading, before, after, expected) => {
    expect(stretches(reading, before, after)).toEqual(expected);
  });

  it("reaches into years that begin after the change", () => {
    expect(stretches("once", 60, 120, 10)).toEqual([
      [10, 60, 60],
      [10, 1_000, 120],
    ]);
    expect(stretches("once", 60, 120, 60)).toEqual([[60, 1_000, 120]]);
    expect(stretches("once", 120, 60, 10)).toEqual([[60, 1_000, 60]]);
    expect(stretches("once", 60, 120, -1_000, 30)).toEqual([
      [-1_000, 30, 60],
      [0, 30, 120],
    ]);
  });

  it("is one stretch where nothing changes", () => {
    const { from, until, offset } = stretchesOf({ first: hour, transitions: [] }, "once", 5, 9);
    expect([...from, ...until, ...offset]).toEqual([5, 9, hour]);
  });
});
