import { expect, test } from "vitest";
import { Slots } from "./slots.ts";

test("grants as many as are free, never more", () => {
  const slots = new Slots(3);
  expect([slots.take(2), slots.free]).toEqual([2, 1]);
  expect([slots.take(5), slots.free]).toEqual([1, 0]);
  expect([slots.take(1), slots.free]).toEqual([0, 0]);
  slots.give(2);
  expect([slots.free, slots.take(9), slots.free]).toEqual([2, 2, 0]);
});

test("grants nothing for nothing, or for less", () => {
  const slots = new Slots(3);
  expect([slots.take(0), slots.take(-1), slots.free]).toEqual([0, 0, 3]);
});
