import type { DeployInfo } from "./account.ts";
import type { Page } from "./page.ts";

/** The sets of definitions that an app's code had. */
export interface Deploys {
  /** Newest first, at most 100. `app`: default this engine's. Rejects E_OPTION, E_OPTION_UNKNOWN. */
  list(options?: { app?: string }): Promise<Page<DeployInfo>>;
  /**
   * Puts an earlier set back: it becomes the app's current one, as a new number. Schedules that were made at run time
   * stay. A start of the release that it replaces does not apply that one again; a start without a release does.
   * Rejects E_DEPLOY_UNKNOWN.
   */
  putBack(number: number, options?: { app?: string }): Promise<DeployInfo>;
}
