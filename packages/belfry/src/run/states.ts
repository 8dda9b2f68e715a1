/**
 * The life of a run: every state, every event, and the one table of what leads where. Stores build their conditions
 * from it, so that no write can move a run along an arrow that is not drawn here.
 */

/**
 * Where a run stands, as stores keep it. `held` waits for earlier runs of its schedule to end, `delayed` for its time,
 * `ready` for a free slot.
 */
export type RunState = "held" | "delayed" | "ready" | "running" | "completed" | "failed";

/** The seed's four values: what callers see. */
export const runStatuses = ["pending", "processing", "completed", "errors"] as const;

/** How far a run is, in the seed's words. */
export type RunStatus = (typeof runStatuses)[number];

/** What can happen to a run. */
export type RunEvent =
  | "proceed"
  | "due"
  | "claim"
  | "complete"
  | "fail"
  | "retry"
  | "release"
  | "lose"
  | "giveUp"
  | "cancel"
  | "expire";

interface Arrow {
  readonly from: readonly RunState[];
  readonly to: RunState;
  readonly when: string;
}

/** The one transition table. An ended run (`completed`, `failed`) has no arrow out: it never changes. */
export const transitions: Readonly<Record<RunEvent, Arrow>> = {
  proceed: { from: ["held"], to: "delayed", when: "the runs of its schedule before it have ended" },
  due: { from: ["delayed"], to: "ready", when: "its time has come" },
  claim: { from: ["ready"], to: "running", when: "a node takes it, under a new fencing token" },
  complete: { from: ["running"], to: "completed", when: "the handler returned" },
  fail: { from: ["running"], to: "failed", when: "the handler failed and no retry is left" },
  retry: { from: ["running"], to: "delayed", when: "the handler failed and is tried again after its backoff" },
  release: { from: ["running"], to: "ready", when: "a stopping node gives it back" },
  lose: { from: ["running"], to: "ready", when: "its node died" },
  giveUp: { from: ["running"], to: "failed", when: "its node died for the third time, or `onLost` is fail" },
  cancel: { from: ["held", "delayed", "ready"], to: "failed", when: "cancelled while no handler runs" },
  expire: { from: ["ready", "delayed"], to: "failed", when: "no node had its handler for a day" },
};

/** The states that are final. */
export const endedStates: readonly RunState[] = ["completed", "failed"];

/** Whether a run in this state has ended. */
export function hasEnded(state: RunState): boolean {
  return endedStates.includes(state);
}

/** The state after `event`, or undefined where the table has no such arrow. */
export function after(state: RunState, event: RunEvent): RunState | undefined {
  const arrow = transitions[event];
  return arrow.from.includes(state) ? arrow.to : undefined;
}

/** The seed's word for a state: `processing` from the first attempt's start to the end, also between attempts. */
export function statusOf(state: RunState, started: boolean): RunStatus {
  if (state === "completed") return "completed";
  if (state === "failed") return "errors";
  return started ? "processing" : "pending";
}
