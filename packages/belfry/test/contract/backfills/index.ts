import type { BackfillStore } from "../../../src/store/backfills.ts";
import type { CasesOf } from "../cases.ts";
import { create, get, list, running } from "./read.ts";
import { set } from "./set.ts";
import { step } from "./step.ts";

export const backfills: CasesOf<BackfillStore> = { create, get, list, running, step, set };
