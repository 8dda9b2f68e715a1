import type { Store } from "../../../src/store/store.ts";

/** A store with some verbs of a room replaced; each gets the true room to call. */
export function replace<Room extends "ledger" | "schedules" | "runs" | "backfills" | "nodes" | "tasks" | "presence">(
  store: Store,
  name: Room,
  make: (room: Store[Room]) => Partial<Store[Room]>,
): Store {
  const room = store[name];
  const made = make(room);
  const replaced = new Proxy(room, {
    get: (target, verb) => {
      const own: unknown = Reflect.get(made, verb) ?? Reflect.get(target, verb);
      return typeof own === "function" && !(verb in made) ? own.bind(target) : own;
    },
  });
  return { ...store, [name]: replaced };
}
