import type { Store } from "../../src/store/store.ts";
import type { memory } from "./stores.ts";

/** What is broken, and which cases (by room, verb and title) and interleavings must find it out. */
export interface Control {
  readonly broken: Parameters<typeof memory>[0] | ((store: Store) => Store);
  readonly cases: readonly (readonly [room: string, verb: string, title: string])[];
  readonly races?: readonly string[];
}
