import { hasEnded } from "../../../src/run/states.ts";
import type { History } from "../support/history.ts";
import { ofKind } from "../support/journal.ts";

/** Every acknowledged trigger exists and ends; what was refused was not kept; nothing comes from nowhere. */
export function checkTriggers({ entries, runs, quietAt }: History): string[] {
  const wrong: string[] = [];
  const asked = new Map(ofKind(entries, "asked").map((line) => [line.mark, line]));
  const marked = Map.groupBy([...runs.values()], ({ reason = "" }) => reason);
  const keyed = new Map<string, string>();

  for (const { mark, id } of ofKind(entries, "acked")) {
    const run = runs.get(id);
    const ask = asked.get(mark);
    if (!run) wrong.push(`${mark} was acknowledged as ${id}, which does not exist`);
    else if (run.reason !== mark) wrong.push(`${mark} was acknowledged as ${id}, which is another's`);
    else if (run.task !== ask?.task) wrong.push(`${mark} asked for ${ask?.task}, and ${id} is of ${run.task}`);
    if (ask?.key === undefined) continue;
    if ((keyed.get(ask.key) ?? id) !== id)
      wrong.push(`key ${ask.key} was answered with ${keyed.get(ask.key)} and ${id}`);
    keyed.set(ask.key, id);
  }

  for (const { mark, code, trackingId } of ofKind(entries, "rejected")) {
    if (code.startsWith("E_STORE_")) {
      if (marked.has(mark)) wrong.push(`${mark} was rejected with ${code}, and was kept`);
    } else if (code !== "E_OUTCOME_UNKNOWN") wrong.push(`${mark} was rejected with ${code}`);
    else if (!trackingId) wrong.push(`${mark} was rejected with ${code} and no tracking id`);
  }

  for (const run of runs.values()) {
    const { id, state, trigger, reason = "", triggeredAt } = run;
    if (!hasEnded(state) && triggeredAt <= quietAt)
      wrong.push(`${id} (${run.task}, ${trigger}) has not ended: ${state}`);
    if (trigger === "manual" && !asked.has(reason)) wrong.push(`${id} was made by hand, and nobody asked for it`);
    const twins = marked.get(reason)?.length ?? 0;
    if (trigger === "manual" && twins > 1) wrong.push(`${reason} was asked for once, and was kept ${twins} times`);
  }
  return [...wrong, ...checkCancels({ entries, runs })];
}

function checkCancels({ entries, runs }: Pick<History, "entries" | "runs">): string[] {
  const wrong: string[] = [];
  for (const { id, answer } of ofKind(entries, "cancelled")) {
    const run = runs.get(id);
    if (answer === "ended" && run && !hasEnded(run.state))
      wrong.push(`${id} had ended, a cancel was told, and has not`);
    const isFine =
      answer === "ended" || answer === "requested" || answer.startsWith("E_STORE_") || answer === "E_OUTCOME_UNKNOWN";
    if (!isFine) wrong.push(`the cancel of ${id}, which was acknowledged, was answered ${answer}`);
  }
  return wrong;
}
