import { type CompiledSchedule, compile } from "../../src/schedule/compile.ts";
import type { ScheduleSpec } from "../../src/schedule/spec.ts";
import type { RunView, ScheduleView } from "./shadow.ts";
import type { World } from "./world.ts";

const decidedWithinMs = 3_000;
const compiled = new Map<string, CompiledSchedule>();

/** A stored schedule, ready to be asked. */
export function compiledOf({ task, key, spec }: Pick<ScheduleView, "task" | "key" | "spec">): CompiledSchedule {
  const name = `${task}/${key}/${spec}`;
  const known = compiled.get(name) ?? compile(JSON.parse(spec) as ScheduleSpec, `${task}/${key}`);
  compiled.set(name, known);
  return known;
}

/** What has not come to its end, and why as far as can be seen: of what there was at `before`, of true time. */
export function unfinished(world: World, before: number): string[] {
  const reasons: string[] = [];
  const triggeredBefore = world.options.startsAt + world.storeOffMs + before;
  for (const id of world.shadow.unfinished) {
    const run = world.shadow.runs.get(id) as RunView;
    // What is held has its turn when those before it have ended: that it then has it is looked at elsewhere.
    if (run.state !== "held" && run.triggeredAt <= triggeredBefore) reasons.push(reasonOf(world, run));
  }
  for (const schedule of world.shadow.schedules.values()) {
    const left = undecided(world, schedule);
    if (left !== undefined) reasons.push(`${schedule.task}/${schedule.key}: ${left} is not decided`);
  }
  for (const { id } of world.state.backfills.running) reasons.push(`backfill ${id} is running`);
  for (const entry of world.callers.journal) {
    if (entry.settledAt === undefined && entry.process.alive)
      reasons.push(`the request ${entry.mark} was never answered`);
  }
  for (const process of world.processes) {
    if (process.alive && process.phase !== "up" && process.phase !== "stopped")
      reasons.push(`${process.name} is ${process.phase}`);
  }
  return reasons;
}

/** The first instant of a schedule that has been due for a while, and that nobody decided. */
export function undecided(world: World, row: ScheduleView, withinMs = decidedWithinMs): number | undefined {
  const schedule = compiledOf(row);
  const next = row.removed ? undefined : schedule.next(row.cursor);
  return next !== undefined && schedule.dueAt(next) < world.storeNow() - withinMs ? next : undefined;
}

function reasonOf(world: World, run: RunView): string {
  const what = `${run.task} ${run.id} is ${run.state}`;
  if (run.state === "delayed") return `${what} until ${run.availableAt}, and it is ${world.storeNow()}`;
  if (run.state === "ready") return `${what}, and nobody takes it`;
  const invocation = world.invocations.byToken.get(run.token);
  const node = run.epoch === undefined ? undefined : world.shadow.nodes.get(run.epoch);
  const process = world.processes.find(({ name }) => name === node?.name);
  const holder = `${node?.name} (${process?.alive ? "alive" : "dead"})`;
  if (!invocation) return `${what} under ${run.token} at ${holder}, which never started it`;
  return `${what} under ${run.token} at ${holder}; its handler ${invocation.outcome ?? "still runs"}`;
}
