import type { Store } from "../../src/store/store.ts";
import type { Context } from "./context.ts";

/** One thing that a verb promises; the title is the promise. It fails by throwing. */
export interface Case {
  readonly title: string;
  /** It needs stores that nobody used before, or closes them. */
  readonly isAlone: boolean;
  readonly run: (context: Context) => Promise<void>;
}

/** The cases of one verb: never none. */
export type Cases = readonly [Case, ...Case[]];

/** Cases for each verb of a room. A verb without cases does not compile. */
export type CasesOf<Room> = { readonly [Verb in keyof Room]: Cases };

/** What a store itself can do, beside its rooms. */
type Own = Pick<Store, "now" | "onChange" | "close">;
type Rooms = Omit<Store, keyof Own | "presence">;

/** Cases for each verb of each room, and for the store's own. A new room without cases does not compile. */
export type Contract = { readonly [Room in keyof Rooms]: CasesOf<Rooms[Room]> } & { readonly store: CasesOf<Own> };

export function example(title: string, run: Case["run"]): Case {
  return { title, run, isAlone: false };
}

/** A case that needs stores that nobody used before, or that closes them. */
export function aloneExample(title: string, run: Case["run"]): Case {
  return { title, run, isAlone: true };
}
