/** The candidate that is likely meant: within a third of its length in edits, case aside; undefined where none is. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.slice(0, 200).toLowerCase();
  let best: string | undefined;
  let bestEdits = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const editsMax = Math.min(bestEdits - 1, Math.max(1, Math.floor(candidate.length / 3)));
    const edits = distance(wanted, candidate.toLowerCase(), editsMax);
    if (edits <= editsMax) [best, bestEdits] = [candidate, edits];
  }
  return best;
}

/** ` (did you mean "…"?)` for a message, or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const meant = nearest(name, candidates);
  return meant === undefined ? "" : ` (did you mean ${JSON.stringify(meant)}?)`;
}

/**
 * Levenshtein's distance, two swapped neighbours being one edit; infinity once it is sure to be more than `max`.
 */
function distance(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return Number.POSITIVE_INFINITY;
  const far = max + 1;
  let above: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next: number[] = new Array(b.length + 1).fill(far);
    next[0] = i;
    // What lies further from the diagonal takes more edits than that.
    for (let j = Math.max(1, i - max); j <= Math.min(b.length, i + max); j++) {
      const replaced = (row[j - 1] ?? far) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (above[j - 2] ?? far) + 1 : far;
      next[j] = Math.min(replaced, swapped, (row[j] ?? far) + 1, (next[j - 1] ?? far) + 1);
    }
    if (next.every((edits) => edits > max) && row.every((edits) => edits > max)) return Number.POSITIVE_INFINITY;
    [above, row] = [row, next];
  }
  return row[b.length] ?? far;
}
