import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { sleep } from "./clock.ts";
import { systemClock } from "./system.ts";

describe("a callback is called once, when its time has come", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test.each([0, 1, 60_000, 2 ** 31 - 1, 2 ** 31, 366 * 86_400_000])("after %d ms", (ms) => {
    const called = vi.fn();
    systemClock.after(ms, called);
    vi.advanceTimersByTime(Math.max(0, ms - 1));
    expect(called).toHaveBeenCalledTimes(ms === 0 ? 1 : 0);
    vi.advanceTimersByTime(1 + 366 * 86_400_000);
    expect(called).toHaveBeenCalledTimes(1);
  });

  test("at once for what is past", () => {
    const called = vi.fn();
    systemClock.after(-5, called);
    vi.advanceTimersByTime(0);
    expect(called).toHaveBeenCalledTimes(1);
  });

  test.each([5, 2 ** 31 + 5])("and never once it was cancelled: %d ms", (ms) => {
    const called = vi.fn();
    const cancel = systemClock.after(ms, called);
    vi.advanceTimersByTime(ms - 1);
    cancel();
    cancel();
    vi.advanceTimersByTime(2 * ms);
    expect(called).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a sleep", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("ends with its time, or as soon as its signal is aborted, and leaves nothing behind", async () => {
    const over = new AbortController();
    const sleeps = [
      sleep(systemClock, 10),
      sleep(systemClock, 1_000, over.signal),
      sleep(systemClock, 1_000, AbortSignal.abort()),
    ];
    vi.advanceTimersByTime(10);
    over.abort();
    await Promise.all(sleeps);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("chance", () => {
  test("as hex, of every length, never twice the same", () => {
    for (const characters of [1, 2, 7, 16, 24])
      expect(systemClock.randomHex(characters)).toMatch(new RegExp(`^[0-9a-f]{${characters}}$`));
    const many = Array.from({ length: 5_000 }, () => systemClock.randomHex(16));
    expect(new Set(many).size).toBe(many.length);
  });

  test("as a number from 0 to 1", () => {
    for (let i = 0; i < 100; i++) {
      const value = systemClock.random();
      expect(value >= 0 && value < 1).toBe(true);
    }
  });
});

test("the monotonic clock never goes back, and `soon` comes after the microtasks", async () => {
  const before = systemClock.mono();
  const order: string[] = [];
  const soon = new Promise<void>((resolve) => systemClock.soon(() => resolve(void order.push("soon"))));
  queueMicrotask(() => order.push("microtask"));
  await soon;
  expect(order).toEqual(["microtask", "soon"]);
  expect(systemClock.mono()).toBeGreaterThanOrEqual(before);
});
