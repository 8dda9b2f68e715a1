import type { RunRow } from "../run/record.ts";
import type { InstantOutcome, LedgerItem } from "../store/ledger.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import type { Definitions } from "./definitions.ts";
import type { Down } from "./down.ts";

/** What the store says about one instant of one schedule. */
export interface InstantFacts {
  readonly at: number;
  readonly now: number;
  readonly row: ScheduleRow;
  /** Whether its task is, now. */
  readonly isEnabled: boolean;
  readonly definitions: Definitions;
  /** The link of the ledger that has the instant, and the run where it fired. */
  readonly item?: LedgerItem;
  readonly run?: RunRow;
  /** The newest run that fired before, for what did not fire because of it. */
  readonly blocker?: RunRow;
  /** The link that follows, for what was missed. */
  readonly following?: LedgerItem;
  /** How the newest run that points to it stands, for what did not fire: only a backfill made one. */
  readonly sinceThen?: InstantOutcome;
  /** From when on the ledger keeps everything. */
  readonly keptFrom: number;
  readonly down?: Down;
}
