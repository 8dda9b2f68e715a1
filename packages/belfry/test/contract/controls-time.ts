import * as broken from "./broken-time.ts";
import type { Control } from "./control.ts";

/** What is broken on purpose about schedules, deploys and backfills. */
export const timeControls: Readonly<Record<string, Control>> = {
  "what was set back has its instants fired anew": {
    broken: broken.ForgetsRewindings,
    cases: [
      [
        "schedules",
        "amend",
        "rewind: an instant that has a run is decided again with that run, and makes no second one",
      ],
      ["schedules", "amend", "rewind: a span over instants that have runs leaves them out, whatever its reason"],
    ],
    races: ["fire × rewind: an instant ahead is decided before the rewinding, which takes it back, or not at all"],
  },
  "what is held never goes on": {
    broken: broken.NeverProceeds,
    cases: [
      ["ledger", "fire", "held: the oldest goes on when the one before it ends, in the same step: complete"],
      [
        "ledger",
        "fire",
        "held: the oldest goes on when the one before it ends, in the same step: given back, and expired",
      ],
      [
        "ledger",
        "fire",
        "queued: caught-up instants go one after the other, whatever overlap says, each not before its time",
      ],
      ["schedules", "remove", "what waits behind the last runs of a removed schedule goes on"],
    ],
    races: [
      "fire × finish: under bufferAll the next run starts or is held, and is never forgotten",
      "finish × cancel: of the running and the held one, what is left goes on",
    ],
  },
  "what is held goes on whatever still runs": {
    broken: broken.ProceedsTooSoon,
    cases: [["ledger", "fire", "held: can be cancelled; what waits behind it waits for the one that runs"]],
  },
  "ends are not counted": {
    broken: broken.CountsNoEnds,
    cases: [
      ["ledger", "fire", "pauseOnFailure: pauses the schedule in the step that ends the n-th failed run in a row"],
      ["backfills", "step", "keeps no more unfinished than its concurrency: a run that ends, however, makes room"],
      ["backfills", "step", "is done once all was handled and has ended"],
    ],
    races: [
      "fire × finish: a schedule that is paused by its failures fires before it, or not at all",
      "step × finish: the end of a backfill's last run and its last step leave it done",
    ],
  },
  "a cancelled run counts as a failed one": {
    broken: broken.CountsCancelled,
    cases: [
      [
        "ledger",
        "fire",
        "pauseOnFailure: a completed run starts the count anew; one that was cancelled or expired is none",
      ],
    ],
  },
  "cancelOther cancels nothing": {
    broken: broken.ReplacesNothing,
    cases: [
      ["ledger", "fire", "cancelOther: ends what waits, marks what runs, and starts once that has ended"],
      [
        "ledger",
        "fire",
        "cancelOther: is judged by an earlier run that is ready, runs, waits for its retry, or is held",
      ],
    ],
    races: ["fire × finish: under cancelOther the earlier run completes or is replaced, and the next one starts"],
  },
  "past definitions are forgotten": {
    broken: broken.ForgetsPast,
    cases: [
      ["schedules", "past", "keeps each definition that held, for the instants that it decided, oldest first"],
      ["schedules", "past", "the chain has no gap across edits, pauses, skips, deploys and removals"],
    ],
  },
  "nodes are forgotten when they go": {
    broken: broken.ForgetsLives,
    cases: [
      ["nodes", "lives", "tells when each node lived: since when, and until when once it left or was declared dead"],
    ],
  },
  "caught-up runs wait for nothing": {
    broken: broken.ignoresQueues,
    cases: [
      [
        "ledger",
        "fire",
        "queued: waits for an earlier run also where overlap is allow, and for its time where there is none",
      ],
    ],
  },
  "what is not yet due fires": {
    broken: broken.firesEarly,
    cases: [["ledger", "fire", "refuses what is early by the store's clock, and changes nothing"]],
  },
  "pages leave out the rest of a task": {
    broken: broken.pagesByTask,
    cases: [
      ["schedules", "list", "gives whole pages, each behind the row it is told, whatever comes and goes between them"],
    ],
  },
  "an old definition's due instants are never judged": {
    broken: broken.settlesNothing,
    cases: [
      [
        "schedules",
        "put",
        "settles what was due of the old definition as that one says, and lists its unfinished runs",
      ],
      ["tasks", "apply", "fires what the old definition says, as the old definition says"],
    ],
    races: ["fire × put: an instant is the old definition's, and only before the new one stands"],
  },
  "a superseded set is applied again": {
    broken: broken.forgetsReleases,
    cases: [
      ["tasks", "apply", "a release's set is applied once: it is superseded when another one came after it"],
      ["tasks", "apply", "what is put back under no release stands; the release that it replaced does not come again"],
    ],
  },
  "a resuming forgets what was due": {
    broken: broken.catchesUpAfterPauses,
    cases: [
      [
        "schedules",
        "amend",
        "resume: what was due until now is recorded paused, and never fires; it goes on with what comes after",
      ],
    ],
    races: ["fire × resume: what was decided while it was paused does not stand beside what the resuming recorded"],
  },
  "a backfill's step is taken wherever it stands": {
    broken: broken.stepsAnywhere,
    cases: [
      [
        "backfills",
        "step",
        "is stale where the position moved, all was handled, or it does not run; each in its place",
      ],
    ],
    races: ["step × step: a backfill's instant has one run"],
  },
  "a backfill's concurrency is not minded": {
    broken: broken.backfillsAtOnce,
    cases: [
      ["backfills", "step", "keeps no more unfinished than its concurrency: a run that ends, however, makes room"],
    ],
  },
};
