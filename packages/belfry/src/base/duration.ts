import { BelfryError } from "./errors.ts";
import { limits } from "./limits.ts";

/** A duration with its unit: `"500ms"`, `"10s"`, `"1h30m"`. Units: ms, s, m, h, d (24 hours). */
export type Duration = string;

const unitsMs = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
const shape = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?$/;

/**
 * The milliseconds that a duration means. Units go from large to small, each at most once, numbers are whole.
 * Throws E_DURATION, naming `field`, for everything else and outside `min`…`max` (in milliseconds).
 */
export function parseDuration(value: unknown, field: string, bounds: { min?: number; max?: number } = {}): number {
  const { min = 0, max = limits.durationMsMax } = bounds;
  const range = ` from ${formatDuration(min)} to ${formatDuration(max)}`;
  const parts = typeof value === "string" && value !== "" ? shape.exec(value) : null;
  if (!parts) throw new BelfryError("E_DURATION", { field, value, range });
  const sum = Object.values(unitsMs).reduce(
    (total, unitMs, index) => total + Number(parts[index + 1] ?? 0) * unitMs,
    0,
  );
  if (sum < min || sum > max) throw new BelfryError("E_DURATION", { field, value, range });
  return sum;
}

/** The shortest text that `parseDuration` reads back as the same: 5_400_000 is `1h30m`. */
export function formatDuration(ms: number): Duration {
  let rest = Math.max(0, Math.round(ms));
  let text = "";
  for (const [unit, unitMs] of Object.entries(unitsMs)) {
    const count = Math.floor(rest / unitMs);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * unitMs;
  }
  return text || "0ms";
}
