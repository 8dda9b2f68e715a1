import type { ScheduleStore } from "../../../src/store/schedules.ts";
import type { CasesOf } from "../cases.ts";
import { amend } from "./amend.ts";
import { past } from "./past.ts";
import { put } from "./put.ts";
import { due, get, list, nextAfter, summaries } from "./read.ts";
import { remove } from "./remove.ts";
import { newest, rewinding } from "./rewind.ts";

export const schedules: CasesOf<ScheduleStore> = {
  ...{ due, newest, nextAfter, list, get, summaries, put, remove, past },
  amend: [...amend, ...rewinding],
};
