import type { LedgerStore } from "../../../src/store/ledger.ts";
import type { CasesOf } from "../cases.ts";
import { buffer } from "./buffer.ts";
import { failing } from "./failing.ts";
import { fire } from "./fire.ts";
import { fireClaimed } from "./fire-claimed.ts";
import { links } from "./links.ts";
import { list } from "./list.ts";
import { outcomes } from "./outcomes.ts";
import { overlap } from "./overlap.ts";

export const ledger: CasesOf<LedgerStore> = {
  fire: [...fire, ...links, ...overlap, ...buffer, ...failing, ...fireClaimed],
  ...{ list, outcomes },
};
