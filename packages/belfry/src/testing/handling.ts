import type { Attempt } from "../engine/attempt.ts";
import type { GlobalEngine } from "../engine/global.ts";
import type { ClaimedRun } from "../store/claim.ts";
import { Activity } from "./activity.ts";
import type { TestRun } from "./run.ts";

/** A claimed run, with the run itself. */
export interface TestClaim extends ClaimedRun {
  readonly run: TestRun;
}

/** An attempt of a run that is under way. */
export class Handling extends Activity {
  readonly run: TestRun;
  readonly attempt: Attempt;
  /** Its process is gone: whatever its code still does counts no more. */
  isGone = false;

  constructor(engine: GlobalEngine, run: TestRun, attempt: Attempt) {
    super(engine, run.task, attempt.rules.captureConsole ? attempt.say : undefined);
    this.run = run;
    this.attempt = attempt;
  }
}
