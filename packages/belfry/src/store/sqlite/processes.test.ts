import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { Bench, freshFile, openAt } from "../../../test/sqlite/kit.ts";

function childOf(name: string): string {
  return fileURLToPath(new URL(`../../../test/sqlite/${name}.child.ts`, import.meta.url));
}

/** A child process, and the next line of JSON that it tells. */
function start(name: string, args: string[]): { child: ChildProcess; told(): Promise<unknown> } {
  const child = spawn(process.execPath, [childOf(name), ...args], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, told: async () => JSON.parse(String((await lines.next()).value)) as unknown };
}

test("two processes that race for instants and runs decide each once, and none is lost", {
  timeout: 60_000,
}, async () => {
  const file = await freshFile();
  const [schedulesCount, instantsCount] = [20, 40];
  const first = Date.now() - 50_000;
  const schedules = Array.from(
    { length: schedulesCount },
    (_, key) => ({ key: `k${key}`, overlap: "allow", nextAt: first }) as const,
  );
  const bench = new Bench(file, { schedules, concurrency: 5 }, first - 1);
  const last = first + instantsCount - 1;
  const racers = [1, 2].map(() => start("race", [file, bench.task.newId, String(last)]));
  for (const { told } of racers) expect(await told()).toBe("ready");
  for (const { child } of racers) child.stdin?.write("go\n");
  type Told = { fired: [number, number][]; finished: [string, number][] };
  const told = (await Promise.all(racers.map((racer) => racer.told()))) as Told[];

  const fired = told.flatMap((one) => one.fired.map(([schedule, instant]) => `${schedule}/${instant}`));
  expect(fired.length).toBe(schedulesCount * instantsCount);
  expect(new Set(fired).size).toBe(fired.length);
  const finished = told.flatMap((one) => one.finished);
  expect(new Set(finished.map(([id]) => id)).size).toBe(fired.length);
  expect(new Set(finished.map(([, token]) => token)).size).toBe(fired.length);
  const states = bench.db.all("SELECT state, attempt, count(*) AS runs FROM runs GROUP BY state, attempt");
  expect(states).toEqual([{ state: 4, attempt: 1, runs: fired.length }]);
  expect(bench.db.value("PRAGMA integrity_check")).toBe("ok");
});

test("where a commit cannot be written its outcome is unknown, and what was acknowledged is there", {
  timeout: 60_000,
}, async () => {
  const file = await freshFile();
  const { task } = new Bench(file);
  // In blocks of 512 or 1,024 bytes, as the shell has it: far more than an empty store's file and log.
  const command = `ulimit -f 3000; exec "$0" "$@"`;
  const { stdout } = spawnSync("/bin/sh", ["-c", command, process.execPath, childOf("limited"), file, task.newId], {
    encoding: "utf8",
  });
  const told = JSON.parse(stdout) as { kept: string[]; refused: object; again: object };
  expect(told.kept.length).toBeGreaterThan(5);
  expect(told.refused).toEqual({ code: "E_OUTCOME_UNKNOWN", isOwn: true });
  expect(["E_OUTCOME_UNKNOWN", "E_STORE_UNAVAILABLE"]).toContain((told.again as { code: string }).code);
  const store = await openAt(file);
  const runs = await store.runs.get(told.kept);
  expect(runs.map((run) => run?.id)).toEqual(told.kept);
});
