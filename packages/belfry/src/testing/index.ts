/**
 * Belfry's test kit: a user's own tasks in a time that the test moves, with assertions on firings and runs that need no
 * test library.
 *
 * @module
 */
export type { TestBelfry, TestTotals } from "./api.ts";
export type { FiredExpectation, InstantRange, NotFiredExpectation, RunsExpectation } from "./expect.ts";
export { createTestBelfry } from "./kit.ts";
export type { TestBelfryOptions } from "./options.ts";
export type { TestFiring } from "./reading.ts";
