import { amendSchedules } from "./amend.ts";
import {
  createBackfills,
  getBackfills,
  listBackfills,
  runningBackfills,
  setBackfills,
  stepBackfills,
} from "./backfills.ts";
import { cancel, expire } from "./cancel.ts";
import { claim, held } from "./claim.ts";
import { currentDeploy, definitionsOf, listDeploys } from "./deploys.ts";
import { finish } from "./finish.ts";
import { fire } from "./fire.ts";
import { insert } from "./insert.ts";
import { createKey, listKeys, revokeKey } from "./keys.ts";
import { listLedger, outcomesOf } from "./ledger.ts";
import { append, listLines } from "./logs.ts";
import { leave, listLives, listNodes, reap, register, renew } from "./nodes.ts";
import { progress } from "./progress.ts";
import { prune } from "./prune.ts";
import { putSchedules, removeSchedules } from "./put.ts";
import { getRuns, listRuns } from "./runs.ts";
import {
  dueSchedules,
  getSchedules,
  listPast,
  listSchedules,
  newestDecided,
  nextAfter,
  summarize,
} from "./schedules.ts";
import { apply, listTasks } from "./tasks.ts";

/** The verbs that write, by the name that crosses the thread. Each runs within a transaction. */
export const writes = {
  ...{ insert, claim, finish, progress, cancel, expire, prune, fire, append, apply },
  ...{ putSchedules, removeSchedules, amendSchedules, createBackfills, stepBackfills, setBackfills },
  ...{ register, renew, reap, leave, createKey, revokeKey },
};

/** Reads that cost a few indexed rows, and that the engine's loops wait for: the writing thread answers them. */
export const shortReads = {
  ...{ currentDeploy, dueSchedules, nextAfter, newestDecided, getSchedules, runningBackfills, getBackfills },
  ...{ held, listNodes, listKeys },
};

/** Reads that may be long: a thread of their own answers them. */
export const longReads = {
  ...{ getRuns, listRuns, listLedger, outcomesOf, listLines, listTasks, listDeploys, definitionsOf },
  ...{ listSchedules, summarize, listPast, listBackfills, listLives },
};

/** The name of a verb that writes. */
export type WriteVerb = keyof typeof writes;

/** Any table of verbs: each takes where it works, and its arguments as one value. */
export type VerbTable = Readonly<Record<string, (place: never, args: never, third: never) => unknown>>;
