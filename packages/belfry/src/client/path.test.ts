import { expect, test } from "vitest";
import { queryOf, segmentOf, taskPath } from "./path.ts";

test.each<[string, string]>([
  ["bill", "/v1/tasks/bill"],
  ["Bill on demand", "/v1/tasks/Bill%20on%20demand"],
  ["a/../b?c#d%2F", "/v1/tasks/a%2F..%2Fb%3Fc%23d%252F"],
  ["ü\0", "/v1/tasks/%C3%BC%00"],
  ["...", "/v1/tasks/..."],
])("task %j is at %s, also for a URL", (name, path) => {
  expect(taskPath(name)).toBe(path);
  expect(new URL(`http://host${path}/runs`).pathname).toBe(`${path}/runs`);
});

test.each(["", ".", "..", "x".repeat(129), "\udc00", 5, null, undefined])("no path can say %j", (name) => {
  expect(segmentOf(name)).toBeUndefined();
});

test("a query holds what is given, encoded", () => {
  expect(queryOf({})).toBe("");
  expect(queryOf({ a: undefined, b: "x&y=z", c: 5, d: "\ud800" })).toBe("?b=x%26y%3Dz&c=5&d=%EF%BF%BD");
});
