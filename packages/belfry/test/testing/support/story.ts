import fc from "fast-check";
import type { CatchUpOption } from "../../../src/schedule/catchup.ts";
import type { Overlap } from "../../../src/schedule/overlap.ts";

/** A task of a story: its rules, and what each attempt of its handler does. */
export interface StoryTask {
  readonly overlap: Overlap;
  readonly catchUp: CatchUpOption;
  readonly retries: number;
  readonly timeout: boolean;
  readonly obeys: boolean;
  readonly concurrency: number | undefined;
  readonly enabled: boolean;
  readonly onLost: "retry" | "fail";
  readonly pauseOnFailure: number | undefined;
  /** Every so many minutes, a schedule each. */
  readonly everyMinutes: readonly number[];
  /** How long its attempts take, one after the other. */
  readonly minutes: readonly number[];
  /** Every such attempt fails; 0: none. */
  readonly failsEach: number;
}

/** Something that happens so many minutes after the one before. */
export type Event = { readonly afterMinutes: number; readonly task: number } & (
  | { readonly kind: "pause" | "resume" | "run" | "put" | "delete" | "toggle" }
  | { readonly kind: "skip"; readonly count: number }
  | { readonly kind: "outage" | "jump"; readonly minutes: number }
);

export interface Story {
  readonly tasks: readonly StoryTask[];
  readonly events: readonly Event[];
}

const task: fc.Arbitrary<StoryTask> = fc.record({
  overlap: fc.constantFrom("skip", "bufferOne", "bufferAll", "cancelOther", "allow"),
  catchUp: fc.constantFrom<CatchUpOption>(
    "skip",
    "latest",
    "all",
    { policy: "all", limit: 3 },
    { policy: "all", spacing: "2m11s", window: "1h" },
    { policy: "latest", window: "10m" },
  ),
  retries: fc.constantFrom(0, 0, 1, 2),
  timeout: fc.boolean(),
  obeys: fc.boolean(),
  concurrency: fc.constantFrom(undefined, undefined, 1, 2),
  enabled: fc.constantFrom(true, true, true, true, false),
  onLost: fc.constantFrom("retry", "retry", "fail"),
  pauseOnFailure: fc.constantFrom(undefined, undefined, 2),
  everyMinutes: fc.uniqueArray(fc.constantFrom(2, 3, 5, 7, 15, 30), { minLength: 1, maxLength: 2 }),
  minutes: fc.array(fc.constantFrom(-1, 0, 0, 1, 4, 11), { minLength: 1, maxLength: 5 }),
  failsEach: fc.constantFrom(0, 0, 1, 2, 3),
});

const event: fc.Arbitrary<Event> = fc
  .tuple(
    fc.record({ afterMinutes: fc.integer({ min: 1, max: 12 }), task: fc.nat(2) }),
    fc.oneof(
      fc.record({ kind: fc.constantFrom("pause" as const, "resume", "run", "put", "delete", "toggle") }),
      fc.record({ kind: fc.constant("skip" as const), count: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ kind: fc.constant("outage" as const), minutes: fc.constantFrom(3, 20, 95, 1_800) }),
      fc.record({ kind: fc.constant("jump" as const), minutes: fc.constantFrom(-45, -3, 4, 70) }),
    ),
  )
  .map(([when, what]) => ({ ...when, ...what }) as Event);

/** Random tasks, and what happens to them in an hour or two. */
export const stories: fc.Arbitrary<Story> = fc.record({
  tasks: fc.array(task, { minLength: 1, maxLength: 3 }),
  events: fc.array(event, { minLength: 3, maxLength: 9 }),
});
