/** The value below which this share (0 to 1) of the numbers lies. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(numbers: readonly number[]): number {
  return percentile(numbers, 0.5);
}

/** The numbers of several rounds as one text: their median, and how far apart they were. */
export function spread(numbers: readonly number[], digits = 0): string {
  const text = (value: number) =>
    value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });
  if (numbers.length === 1) return text(median(numbers));
  return `${text(median(numbers))}  (${text(Math.min(...numbers))}–${text(Math.max(...numbers))})`;
}
