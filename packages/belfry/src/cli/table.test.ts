import { expect, test } from "vitest";
import { type Column, recordLines, tableLines } from "./table.ts";

const columns: Column<{ name: string; n?: number }>[] = [
  { title: "name", of: (row) => row.name, style: (cell) => `<${cell}>` },
  { title: "n", of: (row) => row.n },
];

test("columns are as wide as their widest cell, styles count as nothing, and no line ends in blanks", () => {
  expect(tableLines(columns, [{ name: "bill", n: 12 }, { name: "x" }])).toEqual(["name  n", "<bill>  12", "<x>"]);
  expect(tableLines(columns, [])).toEqual([]);
});

test("a cell is one line, of bounded length, with nothing in it that a terminal obeys", () => {
  const [, row = ""] = tableLines(columns.slice(0, 1), [{ name: `a\n\u001b[2J${"x".repeat(500)}` }]);
  expect(row).toMatch(/^<a\\u000a\\u001b\[2Jx+…>$/);
  expect(row.length).toBeLessThanOrEqual(202);
});

test("a record's fields keep their order; a list of records is a table below its name; absent ones are left out", () => {
  const record = { id: "1", gone: undefined, none: [], data: { a: 1 }, errors: [{ code: "E" }, { code: "F", at: 2 }] };
  expect(recordLines(record)).toEqual(["id      1", 'data    {"a":1}', "errors", "  code  at", "  E", "  F     2"]);
});
