import type { LedgerStore } from "../../../src/store/ledger.ts";
import type { CasesOf } from "../cases.ts";
import { fire } from "./fire.ts";
import { fireClaimed } from "./fire-claimed.ts";
import { list } from "./list.ts";
import { overlap } from "./overlap.ts";

export const ledger: CasesOf<LedgerStore> = { fire: [...fire, ...overlap, ...fireClaimed], list };
