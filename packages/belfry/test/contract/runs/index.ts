import type { RunStore } from "../../../src/store/runs.ts";
import type { CasesOf } from "../cases.ts";
import { cancel } from "./cancel.ts";
import { claim } from "./claim.ts";
import { finish } from "./finish.ts";
import { insert } from "./insert.ts";
import { insertClaimed } from "./insert-claimed.ts";
import { list } from "./list.ts";
import { progress } from "./progress.ts";
import { pruneTime } from "./prune-time.ts";
import { get, held } from "./read.ts";
import { expire, prune } from "./upkeep.ts";

export const runs: CasesOf<RunStore> = {
  insert: [...insert, ...insertClaimed],
  ...{ claim, finish, progress, cancel, held, get, list, expire },
  prune: [...prune, ...pruneTime],
};
