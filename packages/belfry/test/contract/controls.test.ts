import { describe, expect, test } from "vitest";
import type { RunStore } from "../../src/store/runs.ts";
import type { Store } from "../../src/store/store.ts";
import { contract } from "./all.ts";
import * as broken from "./broken.ts";
import type { Case, CasesOf } from "./cases.ts";
import type { Context } from "./context.ts";
import type { Control } from "./control.ts";
import { timeControls } from "./controls-time.ts";
import { interleavings } from "./races/table.ts";
import { Stage } from "./stage.ts";
import { memory } from "./stores.ts";

const controls: Record<string, Control> = {
  "the token is not checked": {
    broken: broken.IgnoresToken,
    cases: [
      ["runs", "finish", "changes nothing under any token but the one that holds"],
      ["runs", "finish", "changes nothing under a token that was taken over"],
      ["runs", "progress", "changes nothing under another token, or where no attempt runs"],
      ["logs", "append", "keeps nothing under another token, or where no attempt runs"],
    ],
    races: [
      "log × takeover: no line of the old token comes behind one of the new",
      "progress × takeover: the old token does not overwrite the new",
    ],
  },
  "a token still holds when its attempt is over": {
    broken: broken.IgnoresEnd,
    cases: [
      ["runs", "progress", "changes nothing under another token, or where no attempt runs"],
      ["logs", "append", "keeps nothing under another token, or where no attempt runs"],
    ],
  },
  "the cursor is not checked": {
    broken: broken.IgnoresCursor,
    cases: [
      ["ledger", "fire", "is stale when the cursor or the version moved, or there is no such schedule"],
      ["ledger", "fire", "decides no instant twice: in one list, in two, on two stores, after the run has ended"],
      ["ledger", "fire", "is safe to repeat where the answer was lost: the run is found by what is held"],
      ["tasks", "apply", "is stale when a cursor or a version moved, or a schedule came, since it was computed"],
    ],
    races: ["fire × fire: one instant is decided once", "fire × fire: two that differ do not both decide"],
  },
  "the version is not checked": {
    broken: broken.IgnoresVersion,
    cases: [
      ["ledger", "fire", "is stale when the cursor or the version moved, or there is no such schedule"],
      ["tasks", "apply", "is stale when a cursor or a version moved, or a schedule came, since it was computed"],
      ["schedules", "amend", "pause, skip, resume: nothing that was decided before fires after the answer"],
      ["schedules", "put", "is stale where what it was computed for moved, and changes nothing"],
    ],
    races: [
      "fire × pause: an instant fires before the pause, or not at all",
      "fire × skip: an instant fires before the skip, or not at all",
    ],
  },
  "the overlap rule is not asked": {
    broken: broken.IgnoresOverlap,
    cases: [
      [
        "ledger",
        "fire",
        "skip: an instant does not fire while an earlier run of the schedule is unfinished, whatever it waits for",
      ],
      ["tasks", "apply", "skips by overlap what would fire while an earlier run is unfinished"],
    ],
  },
  "a dead epoch goes on": {
    broken: broken.RevivesTheDead,
    cases: [
      ["runs", "claim", "gives an epoch that is dead, left or unknown nothing"],
      ["runs", "insert", "keeps the runs of a dead epoch, which holds none of them"],
      ["ledger", "fire", "changes nothing for an epoch that is dead"],
      ["nodes", "reap", "reaps nothing for a reaper that is dead itself"],
      ["nodes", "renew", "refuses an epoch that was taken over, left, or never was"],
    ],
    races: [
      "claim × reap: a node that is dead holds nothing",
      "renew × reap: an expired lease lives on or is taken over",
    ],
  },
  "concurrency is not counted": {
    broken: broken.IgnoresConcurrency,
    cases: [
      ["runs", "claim", "passes over a task at its concurrency, counted over all nodes, and takes what is behind it"],
      ["runs", "insert", "does not hold past a task's concurrency, counted over all nodes"],
      ["ledger", "fire", "does not hold past a task's concurrency, counted over all nodes"],
    ],
    races: ["claim × claim: a task's concurrency holds over both nodes"],
  },
  "tokens repeat": {
    broken: broken.RepeatsTokens,
    cases: [
      ["runs", "claim", "gives each claim a higher token than all before, over nodes, stores and verbs"],
      ["runs", "finish", "changes nothing under a token that was taken over"],
    ],
  },
  "a later attempt moves the start": {
    broken: broken.ForgetsStart,
    cases: [["runs", "claim", "keeps the start of the first attempt"]],
  },
  "priority is not minded": {
    broken: broken.IgnoresPriority,
    cases: [["runs", "claim", "takes the highest priority first, then the oldest"]],
  },
  "arrows that the table does not have": {
    broken: broken.IgnoresTheTable,
    cases: [["runs", "cancel", "marks a run that runs: its node learns it, and ends it"]],
    races: ["finish × cancel: what is done completes, and the cancelling says truly what it met"],
  },
  "spans are lost": {
    broken: broken.LosesSpans,
    cases: [
      ["ledger", "list", "is a chain without gaps, oldest first, in either store"],
      ["tasks", "apply", "records what was due of a removed schedule as removed, and lets go of it"],
    ],
    races: ["fire × removal: an instant fires or is removed, never both"],
  },
  "spans are not joined": {
    broken: broken.NeverJoinsSpans,
    cases: [["ledger", "list", "joins neighbouring spans of one reason, and none across a firing"]],
  },
  "losses are not counted": {
    broken: broken.CountsNoLoss,
    cases: [["nodes", "reap", "ends a run at its third loss, and losses spend no failure"]],
  },
  "a release spends a failure": {
    broken: broken.CountsReleases,
    cases: [
      ["runs", "finish", "release: is ready at once, and spends no failure"],
      ["nodes", "leave", "spends neither a loss nor a failure, however often"],
    ],
  },
  "a dead node's runs are forgotten": {
    broken: broken.HoldsNothing,
    cases: [
      ["nodes", "reap", "takes over a lease whose holder's death is proved, expired or not"],
      ["nodes", "leave", "gives back what it holds, as a release does, and nothing else"],
      ["runs", "held", "finds what was claimed by a call whose answer was lost"],
    ],
    races: ["finish × reap: a run completes or is lost, never both"],
  },
  "a known id makes another run": {
    broken: broken.forgetsIds,
    cases: [["runs", "insert", "changes nothing for an id that exists, and answers it"]],
    races: ["insert × insert: one id is one run"],
  },
  "JSON is written anew": {
    broken: broken.rewritesJson,
    cases: [["runs", "get", "keeps texts character for character"]],
  },
  "pages are counted from the newest": {
    broken: broken.pagesByOffset,
    cases: [["runs", "list", "neither repeats nor leaves out a run when others come, change or go between the pages"]],
  },
  "answers are not in the order of the list": {
    broken: broken.sortsAnswers,
    cases: [["runs", "get", "answers each id in its place, undefined where there is no run, and repeated ids"]],
  },
  "the living are reaped": {
    broken: broken.reapsTheLiving,
    cases: [
      ["nodes", "reap", "spares a lease that moved since it was observed"],
      ["nodes", "reap", "spares a lease that has not expired by the store's clock"],
    ],
    races: ["renew × reap: an expired lease lives on or is taken over"],
  },
  "a closed store goes on": {
    broken: broken.neverCloses,
    cases: [["store", "close", "rejects every call after it with E_STORE_UNAVAILABLE"]],
  },
};

function isState(one: Control["broken"]): one is Parameters<typeof memory>[0] {
  return one?.toString().startsWith("class") ?? false;
}

function stageOf({ broken }: Control): Stage {
  return new Stage(isState(broken) ? memory(broken) : memory(undefined, broken as (store: Store) => Store));
}

const rooms = contract as unknown as Record<string, Record<string, readonly Case[]>>;

/** It passes on a sound store and fails on the broken one. */
async function expectFound(control: Control, run: ((c: Context) => Promise<void>) | undefined): Promise<void> {
  if (!run) throw new Error("there is no such case");
  await new Stage(memory()).useNew(run);
  await expect(stageOf(control).useNew(run)).rejects.toThrow();
}

for (const [title, control] of Object.entries({ ...controls, ...timeControls })) {
  describe(`control: ${title}`, () => {
    for (const [room, verb, name] of control.cases) {
      test(`found out by ${room}.${verb}: ${name}`, () =>
        expectFound(control, rooms[room]?.[verb]?.find((one) => one.title === name)?.run));
    }
    for (const name of control.races ?? []) {
      const found = interleavings.find((one) => one.title === name);
      test(`found out by ${name}`, () => expectFound(control, found && ((c) => found.run(c, 10))));
    }
  });
}

test("control: a verb without cases does not compile", () => {
  const { insert: _, ...others } = contract.runs;
  // @ts-expect-error a verb is missing
  const missing: CasesOf<RunStore> = others;
  // @ts-expect-error a verb has no cases
  const empty: CasesOf<RunStore> = { ...contract.runs, insert: [] };
  expect([missing, empty]).toHaveLength(2);
});
