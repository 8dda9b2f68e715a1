import { expect, test } from "vitest";
import { webClock } from "./web.ts";

test("chance of every length, never twice the same", () => {
  for (const characters of [1, 2, 7, 32])
    expect(webClock.randomHex(characters)).toMatch(new RegExp(`^[0-9a-f]{${characters}}$`));
  const many = Array.from({ length: 1_000 }, () => webClock.randomHex(32));
  expect(new Set(many).size).toBe(many.length);
  expect(webClock.random()).toBeLessThan(1);
});

test("time goes on, and `soon` comes after the microtasks", async () => {
  const [now, mono] = [webClock.now(), webClock.mono()];
  const order: string[] = [];
  const soon = new Promise<void>((resolve) => webClock.soon(() => resolve(void order.push("soon"))));
  queueMicrotask(() => order.push("microtask"));
  await soon;
  expect(order).toEqual(["microtask", "soon"]);
  expect(webClock.mono()).toBeGreaterThanOrEqual(mono);
  expect(webClock.now()).toBeGreaterThanOrEqual(now - 60_000);
});
