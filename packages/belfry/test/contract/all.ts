import { backfills } from "./backfills/index.ts";
import type { Contract } from "./cases.ts";
import { keys } from "./keys.ts";
import { ledger } from "./ledger/index.ts";
import { logs } from "./logs.ts";
import { nodes } from "./nodes/index.ts";
import { runs } from "./runs/index.ts";
import { schedules } from "./schedules/index.ts";
import { store } from "./store.ts";
import { tasks } from "./tasks/index.ts";

/** Every case of the contract, by room and verb. */
export const contract: Contract = { store, tasks, schedules, ledger, runs, backfills, nodes, logs, keys };
