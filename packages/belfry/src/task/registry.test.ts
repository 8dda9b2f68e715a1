import { describe, expect, test } from "vitest";
import { defineTask } from "./definition.ts";
import { Registry } from "./registry.ts";

const task = (name: string) => defineTask({ name, handler: () => {} });
const bill = task("bill");

test("tasks are found by their exact names, in their order", () => {
  const registry = new Registry([bill, task("clean")]);
  expect(registry.get("bill")).toBe(bill.rules);
  for (const name of ["Bill", "", "__proto__", "constructor"]) expect(registry.get(name)).toBeUndefined();
  expect(registry.all().map(({ name }) => name)).toEqual(["bill", "clean"]);
});

describe("what is no list of tasks is refused", () => {
  const answers = "expected what defineTask({ … }) answers";
  const list = "expected an array of at most 10000 tasks";
  test.each<[string, unknown, string, string]>([
    ["no list", bill, "E_OPTION", `tasks is an object; ${list}`],
    ["nothing", undefined, "E_OPTION", `tasks is undefined; ${list}`],
    ["too many", Array(10_001).fill(bill), "E_OPTION", `tasks is an array of 10001; ${list}`],
    ["a function", [bill, () => {}], "E_OPTION", `tasks[1] is a function; ${answers}`],
    ["the options of a task", [{ name: "bill", handler() {} }], "E_OPTION", `tasks[0] is an object; ${answers}`],
    [
      "what only looks like one",
      [{ name: "bill", rules: bill.rules }],
      "E_OPTION",
      `tasks[0] is an object; ${answers}`,
    ],
    ["a hole", Array(2), "E_OPTION", `tasks[0] is undefined; ${answers}`],
    [
      "one twice",
      [bill, bill],
      "E_TASK_DUPLICATE",
      'task "bill" is defined twice (names are compared without regard to case); rename one',
    ],
    [
      "two of one name",
      [bill, task("BILL")],
      "E_TASK_DUPLICATE",
      'task "BILL" is defined twice (names are compared without regard to case); rename one',
    ],
  ])("%s", (_, tasks, code, message) => {
    expect(() => new Registry(tasks)).toThrow(expect.objectContaining({ code, message }));
  });

  test("what cannot be read", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const message = `tasks[0] is a value that cannot be read; ${answers} that can be read`;
    expect(() => new Registry([proxy])).toThrow(expect.objectContaining({ code: "E_OPTION", message }));
  });
});
