/** One line of the table: what was measured, ours, the yardstick's, and the ratio of the two in the same round. */
export interface Row {
  readonly measure: string;
  readonly ours: string;
  readonly yardstick?: string;
  readonly ratio?: string;
}

/** The table, as text with aligned columns. */
export function table(rows: readonly Row[]): string {
  const heads: Row = { measure: "measure", ours: "Belfry", yardstick: "by hand", ratio: "ratio" };
  const cells = [heads, ...rows].map(({ measure, ours, yardstick = "", ratio = "" }) => [
    measure,
    ours,
    yardstick,
    ratio,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [lines[0], widths.map((width) => "-".repeat(width)).join("  "), ...lines.slice(1)].join("\n");
}
