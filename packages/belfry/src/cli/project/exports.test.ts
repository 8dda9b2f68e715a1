import { expect, test } from "vitest";
import { defineTask } from "../../task/definition.ts";
import { collectExports } from "./exports.ts";

const task = (name: string) => defineTask({ name, handler() {} });
const [a, b] = [task("a"), task("b")];
const bare = () => {};

test.for([
  ["named, default, in arrays, each once", { a, default: a, list: [b, a, 5, null] }, [a, b]],
  ["beside anything that is none", { a, x: 5, y: null, z: { name: "z" }, w: { handler: "text" }, default: bare }, [a]],
  ["nothing", {}, []],
] as const)("tasks: %s", ([, exports, tasks]) => {
  expect(collectExports(exports)).toEqual({ tasks, problems: [] });
});

test("a default function counts where there is no task", () => {
  expect(collectExports({ default: bare, helper: bare })).toEqual({ tasks: [], bare, problems: [] });
});

test.for<[Record<string, unknown>, string[]]>([
  [{ default: "text" }, ['its default export is "text"; expected a function, or what defineTask({ … }) answers']],
  [{ default: {} }, ["its default export is an object; expected a function, or what defineTask({ … }) answers"]],
  [{ default: null }, ["its default export is null; expected a function, or what defineTask({ … }) answers"]],
  [{ default: class {} }, ["its default export is a class; expected a function, or what defineTask({ … }) answers"]],
  [{ t: { name: "t", handler: 5 } }, ["its export t looks like a task and is none; write defineTask({ … }) around it"]],
  [
    { default: { handler() {} } },
    ["its default export looks like a task and is none; write defineTask({ … }) around it"],
  ],
])("problems: %#", ([exports, problems]) => {
  expect(collectExports(exports)).toEqual({ tasks: [], problems });
});

test("a task that is wrong does not hide the others", () => {
  const { tasks, problems } = collectExports({ a, wrong: { name: "w", handler() {} } });
  expect([tasks, problems.length]).toEqual([[a], 1]);
});
