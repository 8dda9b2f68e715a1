import { hasEnded } from "../../../src/run/states.ts";
import type { Firing } from "../../../src/store/ledger.ts";
import { memoryLedger } from "../../../src/store/memory/ledger.ts";
import { compiledOf, undecided } from "../pending.ts";
import { type Change, type Commit, type CommitOf, isCommitOf, type ScheduleView } from "../shadow.ts";
import type { World } from "../world.ts";
import type { Checker } from "./checker.ts";
import { joined, judge, type Link } from "./timetable.ts";

/** Promise 2 and rules 5.2, 5.6, 5.7, 5.14: every due instant is decided exactly once, rightly, and not before it is due. */
export class Firings implements Checker {
  readonly #world: World;
  /** The chain as it must be, by schedule. */
  readonly #chains = new Map<number, Link[]>();
  readonly #fired = new Set<string>();
  /** Old links are gone: what is left must be the newest. */
  #hasPruned = false;

  constructor(world: World) {
    this.#world = world;
  }

  onCommit(commit: Commit): void {
    if (commit.call.verb === "runs.prune") this.#hasPruned ||= commit.answer !== 0;
    for (const change of commit.schedules) {
      if (isCommitOf(commit, "ledger.fire")) this.#checkFire(commit, change);
      else if (isCommitOf(commit, "tasks.apply")) this.#checkDeploy(commit, change);
      else this.#fail(change, `was changed by ${commit.call.verb}`);
    }
    for (const { before, after } of commit.runs) {
      if (before || after?.trigger !== "schedule") continue;
      const firing = `${after.scheduleId}/${after.scheduledFor}`;
      if (this.#fired.has(firing))
        this.#world.fail(
          "firings",
          `${after.task}/${after.scheduleKey} fired ${after.scheduledFor} twice, the second time as ${after.id}`,
        );
      this.#fired.add(firing);
      if (!commit.schedules.some(({ id }) => id === after.scheduleId))
        this.#world.fail("firings", `${after.id} was fired, and its schedule's cursor did not move`);
    }
  }

  atEnd(): void {
    for (const [id, chain] of this.#chains) {
      const schedule = this.#world.shadow.schedules.get(id);
      if (!schedule) continue;
      this.#checkLedger(schedule, chain);
      const left = undecided(this.#world, schedule);
      if (left !== undefined)
        this.#world.fail("firings", `${schedule.task}/${schedule.key}: ${left} is due and was never decided`);
    }
  }

  #checkFire(commit: CommitOf<"ledger.fire">, change: Change<ScheduleView>): void {
    const { before, after } = change;
    const at = commit.call.args[1].findIndex(
      (item) => item.scheduleId === change.id && item.cursor === before?.cursor && item.version === before.version,
    );
    const firing = commit.call.args[1][at];
    if (!before || !after || before.removed || after.removed)
      return this.#fail(change, "was made or removed by a firing");
    if (!firing) return this.#fail(change, "was moved by a firing that believed another cursor or version");
    if (after.cursor > commit.now)
      this.#fail(change, `was decided up to ${after.cursor}, and the store's clock showed ${commit.now}`);
    const decision = judge(before, commit.call.guess);
    if (!decision || decision.cursor !== after.cursor)
      return this.#fail(change, `was decided up to ${after.cursor} instead of ${decision?.cursor}`);
    const isEnabled = this.#world.state.tasks.get(before.taskId)?.enabled !== false;
    const links = isEnabled
      ? this.#linksOf(before, decision, firing)
      : [{ after: before.cursor, upTo: after.cursor, reason: "disabled" as const }];
    this.#expect(commit, before, links);
    const next = compiledOf(before.spec).next(after.cursor);
    if (after.nextAt !== next) this.#fail(change, `is due next at ${after.nextAt} instead of ${next}`);
    if (after.version !== before.version) this.#fail(change, "had its version changed by a firing");
    const told = commit.answer[at];
    const last = links.at(-1);
    if (told?.outcome !== (last?.fired === undefined ? "skipped" : "fired"))
      this.#fail(change, `was answered ${told?.outcome}`);
  }

  /** What must be recorded of a decision: its missed instants, and the one that fires unless an earlier run is unfinished. */
  #linksOf(
    before: ScheduleView,
    decision: NonNullable<ReturnType<typeof judge>>,
    { runId }: Pick<Firing, "runId">,
  ): Link[] {
    const links: Link[] = [];
    const { missedUpTo, fire } = decision;
    if (missedUpTo !== undefined) links.push({ after: before.cursor, upTo: missedUpTo, reason: "missed" });
    if (fire === undefined) return links;
    const after = missedUpTo ?? before.cursor;
    if (before.overlap === "skip" && this.#hasUnfinished(before.id))
      links.push({ after, upTo: fire, reason: "overlap" });
    else links.push({ fired: fire, after, upTo: fire, runId });
    return links;
  }

  #hasUnfinished(scheduleId: number): boolean {
    for (const id of this.#world.shadow.unfinished) {
      const run = this.#world.shadow.runs.get(id);
      if (run?.trigger === "schedule" && run.scheduleId === scheduleId && !hasEnded(run.state)) return true;
    }
    return false;
  }

  /** A deploy settles what is due by the old definition, and starts the new one at the store's now. */
  #checkDeploy(commit: CommitOf<"tasks.apply">, change: Change<ScheduleView>): void {
    const { before, after } = change;
    const { now } = commit;
    if (!after) return this.#fail(change, "was deleted");
    if (after.cursor < Math.max(now, before?.cursor ?? now))
      this.#fail(change, `has its cursor set back to ${after.cursor}, before ${before?.cursor ?? now}`);
    if (before && after.version <= before.version) this.#fail(change, `changed and kept version ${after.version}`);
    if (!after.removed && after.nextAt !== undefined && after.nextAt <= now)
      this.#fail(change, `was defined at ${now}, and is due at ${after.nextAt}`);
    if (!before) return;
    const deploy = commit.call.args[0];
    const settlement = deploy.settle.find(({ scheduleId }) => scheduleId === before.id);
    const wasEnabled = commit.wasEnabled(before.taskId);
    const rest = {
      upTo: now,
      reason: before.removed || wasEnabled || after.removed ? ("removed" as const) : ("disabled" as const),
    };
    const decision = before.removed || after.removed || !wasEnabled ? undefined : judge(before, deploy.draftedAt);
    const links: Link[] = decision ? this.#linksOf(before, decision, { runId: settlement?.runId ?? "" }) : [];
    const decided = decision?.cursor ?? before.cursor;
    if (decision && decided > now)
      this.#fail(change, `was settled up to ${decided}, and the store's clock showed ${now}`);
    if (now > decided) links.push({ after: decided, ...rest });
    this.#expect(commit, before, links);
  }

  /** The store must have recorded exactly these links, and nothing else, for this schedule. */
  #expect(
    commit: Commit | CommitOf<"ledger.fire"> | CommitOf<"tasks.apply">,
    schedule: ScheduleView,
    links: readonly Link[],
  ): void {
    const { id, cursor } = schedule;
    const spans = this.#world.state.spans.all.filter((span) => span.scheduleId === id && span.upTo > cursor);
    const runs = commit.runs.filter(
      ({ before, after }) => !before && after?.trigger === "schedule" && after.scheduleId === id,
    );
    const kept = [
      ...spans.map(({ after, upTo, reason }) => ({ from: Math.max(after, cursor), upTo, what: reason as string })),
      ...runs.map(({ after }) => ({ from: -1, upTo: after?.scheduledFor ?? 0, what: after?.id ?? "" })),
    ].toSorted((a, b) => a.upTo - b.upTo);
    const wanted = joined(links).map((link) =>
      link.fired === undefined
        ? { from: link.after, upTo: link.upTo, what: link.reason as string }
        : { from: -1, upTo: link.fired, what: link.runId ?? "" },
    );
    if (JSON.stringify(kept) !== JSON.stringify(wanted)) {
      this.#world.fail(
        "firings",
        `${schedule.task}/${schedule.key} from ${cursor} at ${commit.now} is recorded as ${JSON.stringify(kept)} instead of ${JSON.stringify(wanted)}`,
      );
    }
    this.#chains.set(id, joined([...(this.#chains.get(id) ?? []), ...links]));
  }

  /** What `firings` shows is the chain, without a gap, and its end is the cursor. */
  #checkLedger(schedule: ScheduleView, chain: readonly Link[]): void {
    const range = { from: -1, to: Number.MAX_SAFE_INTEGER, limit: Number.MAX_SAFE_INTEGER };
    void memoryLedger(this.#world.state)
      .list(schedule.id, range)
      .then((items) => {
        const shown = items.map(({ upTo, decision }) => `${decision} ${upTo}`);
        const all = chain.map((link) => `${link.fired === undefined ? link.reason : "fired"} ${link.upTo}`);
        const wanted = this.#hasPruned ? all.slice(-Math.max(1, shown.length)) : all;
        if (shown.length === 0 && this.#hasPruned) return;
        const at = shown.findIndex((text, index) => text !== wanted[index]);
        const what = `${schedule.task}/${schedule.key}`;
        if (at >= 0 || shown.length !== wanted.length)
          this.#world.fail("firings", `${what} shows ${shown[at]} instead of ${wanted[at]}`);
        const gap = items.findIndex((item, index) => index > 0 && item.after !== items[index - 1]?.upTo);
        if (gap >= 0) this.#world.fail("firings", `${what} has a gap before ${items[gap]?.upTo}`);
        const end = items.at(-1)?.upTo;
        if (end !== undefined && end !== schedule.cursor)
          this.#world.fail("firings", `${what} is decided up to ${schedule.cursor}, and shows ${end}`);
      });
  }

  #fail({ before, after }: Change<ScheduleView>, what: string): void {
    const schedule = after ?? before;
    this.#world.fail("firings", `${schedule?.task}/${schedule?.key} ${what}`);
  }
}
