import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { judge } from "./check/judge.ts";
import { storm } from "./load/storm.ts";
import { seed } from "./support/chance.ts";
import { Child, killAll, until } from "./support/child.ts";
import { cleanUp, copyOf } from "./support/folder.ts";
import { collect, type Driven, type History } from "./support/history.ts";
import { type Acked, type Line, ofKind, readJournals } from "./support/journal.ts";
import { damageOf, openRaw } from "./support/raw.ts";

cleanUp();

const folder = mkdtempSync(join(tmpdir(), "belfry-chaos-"));
let driven: Driven;
let history: History;

beforeAll(async () => {
  driven = await storm({ folder, seed, kills: 10, betweenMsMax: 900, everyMs: 25 }).finally(killAll);
  history = await collect(driven);
}, 150_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(`ten kills at random moments under load: nothing is lost, doubled or moved back (seed ${seed})`, () => {
  expect(judge(history)).toEqual([]);
  const outcomes = new Set(
    [...history.runs.values()].flatMap(({ attempts }) => attempts.map(({ outcome }) => outcome)),
  );
  expect([...outcomes]).toEqual(expect.arrayContaining(["completed", "lost", "E_HANDLER"]));
});

/** Adds a line to a journal, as if its process had written it. */
function forge(copy: string, process: string, line: Line): void {
  appendFileSync(join(copy, `${process}.jsonl`), `${JSON.stringify(line)}\n`);
}

/** Takes lines out of all journals. */
function withdraw(copy: string, isOut: (line: string) => boolean): void {
  for (const file of readdirSync(copy).filter((name) => name.endsWith(".jsonl"))) {
    const lines = readFileSync(join(copy, file), "utf8").split("\n");
    writeFileSync(join(copy, file), lines.filter((line) => !isOut(line)).join("\n"));
  }
}

/** Changes the file behind the store's back. */
function change(copy: string, ...statements: string[]): void {
  const database = openRaw(join(copy, "belfry.db"));
  for (const statement of statements) database.exec(statement);
  database.close();
}

/** A trigger that was acknowledged, and completed by its first attempt. */
function anyAcked(): Acked {
  const acked = ofKind(history.entries, "acked").find(({ id }) => {
    const run = history.runs.get(id);
    return run?.state === "completed" && run.attempts.length === 1;
  });
  if (!acked) throw new Error("the storm left no run to break");
  return acked;
}

function anyFired() {
  const found = history.timetables
    .flatMap(({ decided }) => decided.slice(1, -1))
    .find(({ decision }) => decision === "fired");
  if (!found?.trackingId) throw new Error("the storm left no firing to break");
  return { id: found.trackingId, instant: found.upTo };
}

const later = Date.now() + 3_600_000;
const unknownId = "00000000".padEnd(24, "f");

/** What is broken on purpose, and what the checker must say. */
const controls: readonly [what: string, cry: RegExp, breakIt: (copy: string) => unknown][] = [
  [
    "an acknowledgement of nothing",
    /was acknowledged as 0+f+, which does not exist/,
    (copy) => {
      forge(copy, "forged", { kind: "asked", mark: "forged", task: "quick" });
      forge(copy, "forged", { kind: "acked", mark: "forged", id: unknownId });
    },
  ],
  [
    "an acknowledged run that is gone",
    /which does not exist/,
    (copy) => change(copy, `DELETE FROM runs WHERE id = '${anyAcked().id}'`),
  ],
  [
    "a rejected trigger that was kept",
    /was rejected with E_STORE_BUSY, and was kept/,
    (copy) => forge(copy, "forged", { kind: "rejected", mark: anyAcked().mark, code: "E_STORE_BUSY" }),
  ],
  [
    "a run that nobody asked for",
    /nobody asked for it/,
    (copy) =>
      change(
        copy,
        `UPDATE details SET reason = 'nobody' WHERE run = (SELECT seq FROM runs WHERE id = '${anyAcked().id}')`,
      ),
  ],
  [
    "a run that never ends",
    /has not ended: ready/,
    (copy) => change(copy, `UPDATE runs SET state = 2, completed_at = NULL WHERE id = '${anyAcked().id}'`),
  ],
  [
    "a record moved back",
    /was last seen completed at \d+, and is ready/,
    (copy) => change(copy, `UPDATE runs SET state = 2, completed_at = NULL WHERE id = '${anyAcked().id}'`),
  ],
  [
    "a status told backward",
    /told its end, and later another|told completed, and later pending/,
    (copy) => {
      const { id } = anyAcked();
      forge(copy, "forged", { kind: "told", id, status: "completed", completedAt: "2026-01-01T00:00:00.000Z" });
      forge(copy, "forged", { kind: "told", id, status: "pending" });
    },
  ],
  [
    "a token changed by hand",
    /ran under token \d+; the record says \d+/,
    (copy) => change(copy, `UPDATE runs SET token = token + 1 WHERE id = '${anyAcked().id}'`),
  ],
  [
    "an older token on a later attempt",
    /token 1 of attempt \d came after/,
    (copy) => change(copy, "UPDATE runs SET token = 1 WHERE seq = (SELECT run FROM attempts ORDER BY run LIMIT 1)"),
  ],
  [
    "two handlers at once",
    /was still at work when attempt 2 started at forged/,
    (copy) => {
      const start = ofKind(history.entries, "start").find(({ id, attempt }) => id === anyAcked().id && attempt === 1);
      if (!start) throw new Error("no start to forge a second one beside");
      forge(copy, "forged", { ...start, attempt: 2, token: start.token + 1_000_000, at: start.at - 1 });
    },
  ],
  [
    "a completion that no handler returned",
    /its handler did not return/,
    (copy) => withdraw(copy, (line) => line.includes('"returned"') && line.includes(anyAcked().id)),
  ],
  ["a firing deleted", /was decided 0 times/, (copy) => change(copy, `DELETE FROM runs WHERE id = '${anyFired().id}'`)],
  [
    "a firing doubled",
    /was decided 2 times/,
    (copy) => change(copy, "DROP INDEX runs_instant", doubled(anyFired().id)),
  ],
  [
    "a span over an instant that fired",
    /was decided 2 times/,
    (copy) => {
      const { id, instant } = anyFired();
      const of = `SELECT schedule, ${instant}, ${instant - 500}, 'missed' FROM runs WHERE id = '${id}'`;
      change(copy, `INSERT INTO spans (schedule, up_to, after, reason) ${of}`);
    },
  ],
  ["a span deleted", /was decided 0 times/, (copy) => change(copy, "DELETE FROM spans")],
  [
    "a skip without a reason",
    /nothing was in its way|which is allowed/,
    (copy) =>
      change(
        copy,
        "UPDATE spans SET reason = 'overlap'",
        "UPDATE runs SET completed_at = triggered_at WHERE trigger = 0 AND state > 3",
      ),
  ],
  [
    "a cursor moved back",
    /the chain ends at .*, the cursor stands at/,
    (copy) => change(copy, "UPDATE schedules SET cursor = cursor - 1500"),
  ],
  ["a schedule that stood still", /was due, and is not decided/, () => ({ stoppedAt: later })],
  ["a healthy run taken away", /was taken away, and its process was healthy/, () => ({ ends: new Map() })],
];

function doubled(id: string): string {
  const columns =
    "task, trigger, state, priority, triggered_at, available_at, schedule, scheduled_for, started_at, completed_at";
  return `INSERT INTO runs (id, ${columns}) SELECT '${unknownId}', ${columns} FROM runs WHERE id = '${id}'`;
}

describe("the checker cries at", () => {
  for (const [what, cry, breakIt] of controls) {
    test(what, async () => {
      const copy = copyOf(folder);
      const told = breakIt(copy) as Partial<Driven> | undefined;
      const broken = await collect({ ...driven, ...told, folder: copy });
      expect(
        judge(broken)
          .filter((text) => cry.test(text))
          .slice(0, 3),
      ).not.toEqual([]);
    });
  }

  test("a record that is moved back and forth while it watches", async () => {
    const copy = copyOf(folder);
    const { id } = anyAcked();
    const watcher = new Child("load/watcher", "second-watcher", { folder: copy });
    const sees = (state: number) => () =>
      ofKind(readJournals(copy), "sighted").some(
        (line) => line.process === "second-watcher" && line.id === id && line.state === state,
      );
    await until("the watcher sees it completed", sees(4));
    change(copy, `UPDATE runs SET state = 2, completed_at = NULL WHERE id = '${id}'`);
    await until("the watcher sees it ready", sees(2));
    change(copy, `UPDATE runs SET state = 4, completed_at = ${history.runs.get(id)?.completedAt} WHERE id = '${id}'`);
    await watcher.stop();
    const broken = await collect({ ...driven, folder: copy });
    expect(judge(broken).filter((text) => text.includes(`${id} went from completed back to ready`))).toHaveLength(1);
  });

  test("a damaged file", () => {
    const file = join(copyOf(folder), "belfry.db");
    const bytes = statSync(file).size;
    const opened = openSync(file, "r+");
    writeSync(opened, Buffer.alloc(8_192, 0x5a), 0, 8_192, Math.floor(bytes / 8_192) * 4_096);
    closeSync(opened);
    expect(damageOf(file)).not.toEqual([]);
  });
});
