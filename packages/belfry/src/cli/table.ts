import { printable, textOf } from "../base/text.ts";

/** A column of a table: its title, and what it shows of a row. */
export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => unknown;
  /** How a cell looks. Default: as it is. */
  readonly style?: (cell: string, row: Row) => string;
}

const cellCharactersMax = 200;

/** Rows under their titles, each column as wide as its widest cell; no lines around. Nothing for no rows. */
export function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  styleTitle: (text: string) => string = (text) => text,
): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => columns.map((column) => cellText(column.of(row))));
  const widths = columns.map(({ title }, index) =>
    cells.reduce((widest, line) => Math.max(widest, line[index]?.length ?? 0), title.length),
  );
  const padded = (texts: readonly string[], look: (text: string, index: number) => string) =>
    texts
      .map((text, index) => look(text, index) + " ".repeat((widths[index] ?? 0) - text.length))
      .join("  ")
      .trimEnd();
  const head = padded(
    columns.map(({ title }) => title),
    styleTitle,
  );
  const body = rows.map((row, line) =>
    padded(cells[line] ?? [], (text, index) => columns[index]?.style?.(text, row) ?? text),
  );
  return [head, ...body];
}

/**
 * A record's fields, one a line, in their order; a list of records is a table below its name. Absent fields and empty
 * lists are left out.
 */
export function recordLines(
  record: object,
  styleTitle: (text: string) => string = (text) => text,
  styleValue: (text: string, name: string) => string = (text) => text,
): string[] {
  const fields = Object.entries(record).filter(([, value]) => value !== undefined && !isEmptyList(value));
  const width = Math.max(0, ...fields.map(([name]) => name.length));
  return fields.flatMap(([name, value]) =>
    isListOfRecords(value)
      ? [styleTitle(name), ...tableLines(columnsOf(value), value, styleTitle).map((line) => `  ${line}`)]
      : [`${styleTitle(name.padEnd(width))}  ${styleValue(cellText(value), name)}`],
  );
}

function columnsOf(records: readonly object[]): Column<object>[] {
  const titles = new Set(records.flatMap((record) => Object.keys(record)));
  return [...titles].map((title) => ({ title, of: (row) => (row as Record<string, unknown>)[title] }));
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function isListOfRecords(value: unknown): value is object[] {
  return Array.isArray(value) && value.every((item) => typeof item === "object" && item !== null);
}

/** A value on one line, nothing in it that a terminal would obey. */
function cellText(value: unknown): string {
  if (value === undefined) return "";
  const text = typeof value === "object" && value !== null ? JSON.stringify(value) : textOf(value);
  return printable(text, cellCharactersMax);
}
