import type { Presence } from "../../src/store/presence.ts";

/** No socket: what a child process of a test needs of presence. */
export const presence: Presence = {
  listen: async () => undefined,
  probe: async () => "unknown",
  forget: async () => {},
  close: async () => {},
};

/** Tells the parent something, as a line of JSON. */
export function tell(what: unknown): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
