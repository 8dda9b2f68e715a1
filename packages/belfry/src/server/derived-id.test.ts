import { expect, test } from "vitest";
import { isId } from "../run/id.ts";
import { derivedId } from "./derived-id.ts";

test("the same key and request make the same id; any other makes another", () => {
  const request = ["bill", "default", { from: new Date(0), to: new Date(1) }];
  const id = derivedId("key", request);
  expect(isId(id)).toBe(true);
  expect(derivedId("key", structuredClone(request))).toBe(id);
  const others = [
    derivedId("kez", request),
    derivedId("key", ["bill", "default", { from: new Date(0), to: new Date(2) }]),
    derivedId("key", ["bill", "other", { from: new Date(0), to: new Date(1) }]),
    derivedId("bill", ["key", "default", { from: new Date(0), to: new Date(1) }]),
  ];
  expect(new Set([id, ...others]).size).toBe(others.length + 1);
});
