import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { judge } from "./check/judge.ts";
import { Child, pause, until } from "./support/child.ts";
import { cleanUp, testFolder } from "./support/folder.ts";
import { collect } from "./support/history.ts";
import { type Handled, ofKind, readJournals } from "./support/journal.ts";
import { isWritable, rowsOf } from "./support/raw.ts";

cleanUp();

const leaseMs = 10_000;
const talkers = 6;

const fileOf = (folder: string) => join(folder, "belfry.db");
const linesOf = (folder: string, process: string, kind: Handled["kind"], task: string) =>
  ofKind(readJournals(folder), kind).filter((line) => line.process === process && line.task === task);

/** Whether all of the process's threads stand still. */
function isStopped(child: Child): boolean {
  return readFileSync(`/proc/${child.pid}/status`, "utf8").includes("State:\tT");
}

/** Stops a process at a moment when it is inside of a write transaction, or outside; answers when. */
async function stopIt(child: Child, folder: string, where: "inside" | "outside"): Promise<number> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (where === "inside") child.tell({ do: "trigger", count: 20, payload: 0 });
    await pause(Math.floor(Math.random() * 20));
    child.signal("SIGSTOP");
    const at = Date.now();
    await until("it stands still", () => isStopped(child));
    if (isWritable(fileOf(folder), 100) === (where === "outside")) return at;
    child.signal("SIGCONT");
    if (Date.now() > deadline) throw new Error(`it was never found ${where} of a write transaction`);
  }
}

/** All that the store has about these runs, and about the lease that held them. */
function snapshot(folder: string, ids: readonly string[], epoch: number): unknown {
  const of = (sql: string) =>
    rowsOf<object>(fileOf(folder), sql.replaceAll("IDS", `(${ids.map((id) => `'${id}'`).join()})`));
  const runs = "(SELECT seq FROM runs WHERE id IN IDS)";
  return [
    of("SELECT * FROM runs WHERE id IN IDS ORDER BY seq"),
    of(`SELECT * FROM details WHERE run IN ${runs} ORDER BY run`),
    of(`SELECT * FROM attempts WHERE run IN ${runs} ORDER BY run, attempt`),
    of(`SELECT * FROM lines WHERE run IN ${runs} ORDER BY run, n`),
    of(`SELECT * FROM nodes WHERE epoch = ${epoch}`),
  ];
}

/** What was decided about the schedules up to a moment. */
function decisions(folder: string, upTo: number): unknown {
  return [
    rowsOf(fileOf(folder), "SELECT * FROM spans WHERE up_to <= ? ORDER BY schedule, up_to", upTo),
    rowsOf(fileOf(folder), "SELECT id, schedule, scheduled_for FROM runs WHERE scheduled_for <= ? ORDER BY id", upTo),
  ];
}

const leasesOf = (folder: string, name: string) =>
  rowsOf<{ epoch: number; ended_at: number | null }>(
    fileOf(folder),
    "SELECT epoch, ended_at FROM nodes WHERE name LIKE ? ORDER BY epoch",
    `%.${name}.%`,
  );

test("a node stopped for three leases changes nothing when it goes on, and works again", {
  timeout: 180_000,
}, async () => {
  const folder = testFolder();
  const schedules = ["tick"];
  const stopped = new Child("node", "stopped", { folder, schedules });
  await stopped.said("ready");
  for (const payload of ["hasty", "patient"]) {
    stopped.tell({ do: "trigger", task: "talker", count: talkers / 2, payload });
  }
  await stopped.said("acked", { count: talkers });
  const ids = stopped.allSaid("acked").map(({ id }) => String(id));
  await until("all talk", () => linesOf(folder, "stopped", "start", "talker").length === talkers);
  const other = new Child("node", "other", { folder, schedules });
  await other.said("ready");

  const stoppedAt = await stopIt(stopped, folder, "outside");
  await until(
    "the other has finished its runs",
    () => linesOf(folder, "other", "returned", "talker").length === talkers,
    25_000,
  );
  await until("that is durable", () => endedOf(folder, ids) === talkers);
  const takenOverMs = Math.max(...linesOf(folder, "other", "start", "talker").map(({ at }) => at)) - stoppedAt;
  await pause(stoppedAt + 3 * leaseMs - Date.now());

  const [lost] = leasesOf(folder, String(stopped.pid));
  const before = snapshot(folder, ids, lost?.epoch ?? 0);
  const continuedAt = Date.now();
  const decidedBefore = decisions(folder, continuedAt - 1_000);
  stopped.signal("SIGCONT");
  await until("its handlers have ended", () => linesOf(folder, "stopped", "returned", "talker").length === talkers);
  await until("it has a new lease", () => leasesOf(folder, String(stopped.pid)).length === 2);
  // Alone it works again.
  await other.stop();
  stopped.tell({ do: "trigger", task: "sleeper", payload: 10 });
  const { id } = await stopped.said("acked", { count: talkers + 1 });
  await until("its new run has ended", () => endedOf(folder, [String(id)]) === 1);
  const ticksBefore = linesOf(folder, "stopped", "start", "tick").length;
  await until("it decides what is due", () => linesOf(folder, "stopped", "start", "tick").length > ticksBefore);

  expect(snapshot(folder, ids, lost?.epoch ?? 0)).toEqual(before);
  expect(decisions(folder, continuedAt - 1_000)).toEqual(decidedBefore);
  const aborted = linesOf(folder, "stopped", "aborted", "talker");
  console.log(
    `taken over after ${takenOverMs} ms; ${aborted.length} of ${talkers} handlers saw signal.aborted (${aborted.map(({ why }) => why)})`,
  );
  // Those that looked; the hasty ones may have returned before.
  expect(aborted.length).toBeGreaterThanOrEqual(talkers / 2);
  expect(takenOverMs).toBeLessThanOrEqual(2 * leaseMs);
  expect(epochOf(folder, String(id))).toBe(leasesOf(folder, String(stopped.pid))[1]?.epoch);

  await stopped.stop();
  const now = Date.now();
  const history = await collect({ folder, ends: new Map([["stopped", stoppedAt]]), quietAt: now, stoppedAt: now });
  expect(judge(history)).toEqual([]);
});

function endedOf(folder: string, ids: readonly string[]): number {
  const sql = `SELECT count(*) AS count FROM runs WHERE state >= 4 AND id IN (${ids.map(() => "?").join()})`;
  return rowsOf<{ count: number }>(fileOf(folder), sql, ...ids)[0]?.count ?? 0;
}

function epochOf(folder: string, id: string): number | undefined {
  return rowsOf<{ epoch: number }>(fileOf(folder), "SELECT epoch FROM runs WHERE id = ?", id)[0]?.epoch;
}

for (const then of ["goes on", "dies"] as const) {
  test(`a node stopped inside of a write transaction, that then ${then}: the others wait, and nothing is acknowledged`, {
    timeout: 180_000,
  }, async () => {
    const folder = testFolder();
    const lease = "2s";
    const stopped = new Child("node", "stopped", { folder, lease });
    const other = new Child("node", "other", { folder, lease });
    await Promise.all([stopped.said("ready"), other.said("ready")]);
    stopped.tell({ do: "trigger", count: 3, payload: 4_000 });
    await stopped.said("acked", { count: 3 });
    const stoppedAt = await stopIt(stopped, folder, "inside");

    other.tell({ do: "trigger", count: 5, payload: 10 });
    const answersBefore = other.allSaid("acked").length;
    await pause(3 * 2_000);
    expect(isWritable(fileOf(folder))).toBe(false);
    expect([other.allSaid("acked").length, other.allSaid("rejected").length]).toEqual([answersBefore, 0]);
    // Reading goes on.
    expect(endedOf(folder, ["none"])).toBe(0);

    if (then === "goes on") stopped.signal("SIGCONT");
    else await stopped.kill();
    await other.said("acked", { count: answersBefore + 5 });
    await until("all that was acknowledged ends", () => unfinished(folder) === 0);
    await other.stop();
    if (then === "goes on") await stopped.stop();
    const now = Date.now();
    const history = await collect({ folder, ends: new Map([["stopped", stoppedAt]]), quietAt: now, stoppedAt: now });
    expect(judge(history)).toEqual([]);
  });
}

function unfinished(folder: string): number {
  return rowsOf<{ count: number }>(fileOf(folder), "SELECT count(*) AS count FROM runs WHERE state < 4")[0]?.count ?? 0;
}
