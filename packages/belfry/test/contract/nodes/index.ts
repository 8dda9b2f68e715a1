import type { NodeStore } from "../../../src/store/nodes.ts";
import type { CasesOf } from "../cases.ts";
import { leave, list, register, renew } from "./lease.ts";
import { lives } from "./lives.ts";
import { reap } from "./reap.ts";

export const nodes: CasesOf<NodeStore> = { register, renew, list, lives, reap, leave };
