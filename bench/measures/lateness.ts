import { defineTask } from "belfry";
import { withFile } from "../files.ts";
import type { Row } from "../report.ts";
import { percentile } from "../stats.ts";
import { engine } from "../tasks.ts";

const tasksOf = 10;

/** So many schedules, all due every second, for so many seconds: how late their handlers start, and whether each instant ran once. */
export async function lateness(schedules: number, seconds: number): Promise<Row[]> {
  const late: number[] = [];
  const seen = new Map<string, number>();
  let counting = false;
  let instants = 0;
  const tasks = Array.from({ length: tasksOf }, (_, index) =>
    defineTask({
      name: `tick ${index}`,
      schedule: Array.from({ length: schedules / tasksOf }, (_, number) => ({ every: "1s", key: `s${number}` })),
      overlap: "allow",
      handler: async (run) => {
        if (!counting) return;
        late.push(Date.now() - (run.scheduledFor?.getTime() ?? 0));
        seen.set(run.key, (seen.get(run.key) ?? 0) + 1);
      },
    }),
  );
  await withFile(async (file) => {
    const belfry = engine(file, { tasks });
    await belfry.start();
    await midSecond(2);
    counting = true;
    const from = Date.now();
    await midSecond(seconds);
    counting = false;
    instants = Math.floor(Date.now() / 1_000) - Math.floor(from / 1_000);
    await belfry.stop();
  });
  const due = schedules * instants;
  const doubled = [...seen.values()].filter((count) => count > 1).length;
  const shown = [0.5, 0.99, 1].map((share) => percentile(late, share).toFixed(1)).join(" / ");
  return [
    { measure: `${schedules} schedules due each second for ${seconds} s: lateness p50 / p99 / max ms`, ours: shown },
    {
      measure: "  instants due / missed / doubled",
      ours: `${due} / ${due - seen.size} / ${doubled}`,
    },
  ];
}

/** Resolves in the middle of a second, so many seconds from now: no instant is near. */
function midSecond(seconds: number): Promise<void> {
  const now = Date.now();
  return new Promise((resolve) => setTimeout(resolve, seconds * 1_000 + ((1_500 - (now % 1_000)) % 1_000)));
}
