// Fires what is due and finishes what is ready in the store named on the command line, until nothing is left.
import { once } from "node:events";
import { systemClock } from "../../src/clock/system.ts";
import { makeId } from "../../src/run/id.ts";
import type { Firing } from "../../src/store/ledger.ts";
import type { ScheduleRow } from "../../src/store/schedules.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { presence, tell } from "./child.ts";

const [file = "", taskId = "", lastInstant = ""] = process.argv.slice(2);
const store = await openSqliteStore({ file, presence });
const { epoch } = await store.nodes.register({ name: `race-${process.pid}`, leaseMs: 60_000, taskIds: [taskId] });
const by = { epoch, taskIds: [taskId], slots: 7 };
const fired: [scheduleId: number, instant: number][] = [];
const finished: [id: string, token: number][] = [];

function firingOf({ id, version, cursor, nextAt = 0 }: ScheduleRow): Firing {
  const after = nextAt + 1 <= Number(lastInstant) ? nextAt + 1 : undefined;
  const runId = makeId(systemClock.now(), systemClock.randomHex(16));
  const next = after === undefined ? {} : { next: { nextAt: after, dueAt: after } };
  return {
    scheduleId: id,
    version,
    cursor,
    newCursor: nextAt,
    wasDueAt: nextAt,
    links: [{ instant: nextAt, runId }],
    ...next,
  };
}

async function fireDue(): Promise<number> {
  const firings = (await store.schedules.due(store.now(), 10)).map(firingOf);
  const answers = await store.ledger.fire(by, firings);
  const claimed = answers.flatMap((answer, index) => {
    const { scheduleId, newCursor } = firings[index] as Firing;
    const [link] = answer.outcome === "decided" ? answer.links : [];
    if (link?.decision !== "fired") return [];
    fired.push([scheduleId, newCursor]);
    return link.claimed ? [link.claimed] : [];
  });
  await finish(claimed);
  return firings.length;
}

async function claimReady(): Promise<number> {
  const answer = await store.runs.claim(by);
  if (answer.outcome === "dead") throw new Error("the lease is gone");
  await finish(answer.runs);
  return answer.runs.length;
}

async function finish(runs: readonly { id: string; token: number }[]): Promise<void> {
  const answers = await store.runs.finish(runs.map(({ id, token }) => ({ id, token, event: "complete" })));
  for (const [index, answer] of answers.entries()) {
    const { id, token } = runs[index] as { id: string; token: number };
    if (answer === "done") finished.push([id, token]);
  }
}

tell("ready");
await once(process.stdin, "data");
while ((await fireDue()) + (await claimReady()) > 0);
tell({ fired, finished });
await store.close();
process.exit(0);
