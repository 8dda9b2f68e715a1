import { type Duration, formatDuration, parseDuration } from "../base/duration.ts";
import { defaults, limits } from "../base/limits.ts";
import { checkInteger, checkOneOf, checkOptions, refuseOption } from "../base/options.ts";

/** What becomes of missed instants. */
export const catchUps = ["skip", "latest", "all"] as const;

/** What becomes of missed instants: none of them runs, or the latest, or all; the last two within a window. */
export type CatchUp = (typeof catchUps)[number];

/** A catch-up rule as it is written: a policy by its name, or with its bounds. */
export type CatchUpOption =
  | CatchUp
  | {
      /** Default `latest`. */
      policy?: CatchUp;
      /** How old a missed instant may be to run, up to 366 d. Default 1 d. */
      window?: Duration;
      /** How many missed instants run at most, the newest ones, 1 to 1,000; of `all` only. Default 100. */
      limit?: number;
      /** The least time between the starts of two caught-up runs, up to 1 d; of `all` only. Default none. */
      spacing?: Duration;
    };

/** A catch-up rule, checked. */
export interface CatchUpRule {
  readonly policy: CatchUp;
  readonly windowMs: number;
  readonly limit: number;
  readonly spacingMs: number;
}

const spacingMsMax = 24 * 3_600_000;

/** Reads `catchUp`. Throws E_OPTION, E_OPTION_UNKNOWN, E_DURATION, naming `field`. */
export function parseCatchUp(value: unknown, field: string): CatchUpRule | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null) return ruleOf(checkOneOf(value, field, catchUps) ?? "latest");
  const { policy, window, limit, spacing } = checkOptions(value, field, ["policy", "window", "limit", "spacing"]);
  const rule = ruleOf(checkOneOf(policy, `${field}.policy`, catchUps) ?? "latest");
  for (const [name, bound] of Object.entries({ limit, spacing })) {
    if (bound !== undefined && rule.policy !== "all") refuseOption(`${field}.${name}`, bound, 'policy "all" beside it');
  }
  return {
    policy: rule.policy,
    windowMs: window === undefined ? rule.windowMs : parseDuration(window, `${field}.window`),
    limit: checkInteger(limit, `${field}.limit`, 1, limits.caughtUpMax) ?? rule.limit,
    spacingMs:
      spacing === undefined ? rule.spacingMs : parseDuration(spacing, `${field}.spacing`, { max: spacingMsMax }),
  };
}

/** A policy with the default bounds. */
export function ruleOf(policy: CatchUp): CatchUpRule {
  return { policy, windowMs: defaults.catchUpWindowMs, limit: defaults.caughtUp, spacingMs: 0 };
}

/** The one text of a rule, for stores: the policy's name, where its bounds are the default ones. */
export function writeCatchUp(rule: CatchUpRule): string {
  const { policy, windowMs, limit, spacingMs } = rule;
  const isPlain = windowMs === defaults.catchUpWindowMs && limit === defaults.caughtUp && spacingMs === 0;
  return isPlain ? policy : JSON.stringify({ policy, windowMs, limit, spacingMs });
}

/** What `writeCatchUp` wrote. */
export function readCatchUp(text: string): CatchUpRule {
  return text.startsWith("{") ? (JSON.parse(text) as CatchUpRule) : ruleOf(text as CatchUp);
}

/** A rule as people write it. */
export function toCatchUpOption({ policy, windowMs, limit, spacingMs }: CatchUpRule): CatchUpOption {
  const window = windowMs === defaults.catchUpWindowMs ? {} : { window: formatDuration(windowMs) };
  const most = limit === defaults.caughtUp ? {} : { limit };
  const spacing = spacingMs === 0 ? {} : { spacing: formatDuration(spacingMs) };
  const bounds = { ...window, ...most, ...spacing };
  return Object.keys(bounds).length === 0 ? policy : { policy, ...bounds };
}
