import type { DecidedLink } from "../../../src/store/ledger.ts";
import { compiledOf, undecided } from "../pending.ts";
import { type Change, type Commit, type CommitOf, isCommitOf, type RunView, type ScheduleView } from "../shadow.ts";
import type { World } from "../world.ts";
import { Chains } from "./chains.ts";
import type { Checker } from "./checker.ts";
import { meet } from "./overlap.ts";
import { type Judgement, judge, type Link } from "./timetable.ts";

/** A commit that defines schedules anew, or takes them away. */
type Defining = CommitOf<"tasks.apply" | "schedules.put" | "schedules.remove">;

/** Promise 2 and rules 5.2, 5.6, 5.7, 5.14: every due instant is decided exactly once, rightly, and not before it is due. */
export class Firings implements Checker {
  readonly #world: World;
  readonly #chains: Chains;
  readonly #fired = new Set<string>();

  constructor(world: World) {
    this.#world = world;
    this.#chains = new Chains(world);
  }

  onCommit(commit: Commit): void {
    if (commit.call.verb === "runs.prune") this.#chains.hasPruned ||= commit.answer !== 0;
    for (const change of commit.schedules) {
      if (isCommitOf(commit, "ledger.fire")) this.#checkFire(commit, change);
      else if (isCommitOf(commit, "tasks.apply", "schedules.put", "schedules.remove"))
        this.#checkDefinition(commit, change);
      else if (isCommitOf(commit, "schedules.amend")) this.#checkAmendment(commit, change);
      else this.#checkUnmoved(change, commit.call.verb);
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
    this.#chains.checkAll();
    for (const schedule of this.#world.shadow.schedules.values()) {
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
    if (compiledOf(before).dueAt(after.cursor) > commit.now)
      this.#fail(change, `was decided up to ${after.cursor}, and the store's clock showed ${commit.now}`);
    const judgements = judge(before, commit.call.guess);
    const decided = judgements.at(-1)?.instant;
    if (decided !== after.cursor) return this.#fail(change, `was decided up to ${after.cursor} instead of ${decided}`);
    const task = this.#world.state.tasks.get(before.taskId);
    const whole = { after: before.cursor, upTo: after.cursor };
    const links: Link[] = !task?.defined
      ? [{ ...whole, reason: "removed" }]
      : task.enabled
        ? this.#linksOf(commit, before, judgements, firing.links)
        : [{ ...whole, reason: "disabled" }];
    this.#chains.expect(commit, before, links);
    this.#checkNext(change, after);
    if (after.version !== before.version) this.#fail(change, "had its version changed by a firing");
    this.#checkTold(change, commit.answer[at], links);
  }

  #checkTold(
    change: Change<ScheduleView>,
    told: CommitOf<"ledger.fire">["answer"][0] | undefined,
    links: Link[],
  ): void {
    if (told?.outcome !== "decided") return this.#fail(change, `was answered ${told?.outcome}`);
    const fired = told.links.flatMap((link) => (link.decision === "fired" ? [link.trackingId] : []));
    const wanted = links.flatMap((link) => (link.fired === undefined ? [] : [link.runId]));
    if (JSON.stringify(fired) !== JSON.stringify(wanted))
      this.#fail(change, `was answered that ${fired} fired instead of ${wanted}`);
  }

  #checkNext(change: Change<ScheduleView>, after: ScheduleView): void {
    const schedule = compiledOf(after);
    const next = schedule.next(after.cursor);
    const dueAt = next === undefined ? undefined : schedule.dueAt(next);
    if (after.nextAt !== next || after.dueAt !== dueAt)
      this.#fail(change, `is due next at ${after.nextAt} (${after.dueAt}) instead of ${next} (${dueAt})`);
  }

  /** What must be recorded of a decision, and the states in which its runs must be. */
  #linksOf(
    commit: Pick<Commit, "runs">,
    before: ScheduleView,
    judgements: readonly Judgement[],
    decided: readonly DecidedLink[],
  ): Link[] {
    const ids = new Map(decided.flatMap((link) => ("instant" in link ? [[link.instant, link.runId] as const] : [])));
    const unfinished = [...this.#world.shadow.unfinished]
      .map((id) => this.#world.shadow.runs.get(id) as RunView)
      .filter((run) => run.trigger === "schedule" && run.scheduleId === before.id);
    const links: Link[] = [];
    let isFirst = true;
    for (const { instant, reason, queuedMs } of judgements) {
      const span = { after: links.at(-1)?.upTo ?? before.cursor, upTo: instant };
      if (reason !== undefined) {
        links.push({ ...span, reason });
        continue;
      }
      const isBehind = unfinished.length > 0 || !isFirst;
      const meeting = queuedMs === undefined ? meet(before, unfinished) : isBehind ? "held" : "free";
      isFirst = false;
      const runId = ids.get(instant);
      if (meeting === "overlap" || meeting === "bufferFull") links.push({ ...span, reason: meeting });
      else links.push({ ...span, fired: instant, runId });
      this.#checkRun(commit, before, runId, meeting === "held", queuedMs ?? 0);
      if (before.overlap === "cancelOther" && queuedMs === undefined) this.#checkReplaced(commit, before, unfinished);
    }
    return links;
  }

  #checkRun(
    commit: Pick<Commit, "runs">,
    schedule: ScheduleView,
    id: string | undefined,
    held: boolean,
    queuedMs: number,
  ): void {
    const run = commit.runs.find((change) => change.id === id)?.after;
    if (!run) return;
    const what = `${schedule.task}/${schedule.key}: run ${id} of ${run.scheduledFor}`;
    if ((run.state === "held") !== held) this.#world.fail("firings", `${what} is ${run.state}`);
    const waitMs = run.availableAt - this.#world.storeNow();
    if (waitMs !== queuedMs) this.#world.fail("firings", `${what} waits ${waitMs} ms instead of ${queuedMs}`);
  }

  /** A run that another one replaces ends where it waits, and is to end where it runs. */
  #checkReplaced(commit: Pick<Commit, "runs">, schedule: ScheduleView, unfinished: readonly RunView[]): void {
    for (const { id, state } of unfinished) {
      const after = commit.runs.find((change) => change.id === id)?.after ?? this.#world.shadow.runs.get(id);
      const isRight = state === "running" ? after?.cancelRequested : after?.outcome === "E_CANCELLED";
      if (!isRight) this.#world.fail("firings", `${schedule.task}/${schedule.key}: ${id} was replaced, and goes on`);
    }
  }

  /** A definition settles what is due by the one before it, and starts at the store's now. */
  #checkDefinition(commit: Defining, change: Change<ScheduleView>): void {
    const { before, after } = change;
    const { now } = commit;
    if (!after) return this.#fail(change, "was deleted");
    if (after.cursor < Math.max(now, before?.cursor ?? now))
      this.#fail(change, `has its cursor set back to ${after.cursor}, before ${before?.cursor ?? now}`);
    if (before && after.version <= before.version) this.#fail(change, `changed and kept version ${after.version}`);
    if (!after.removed && after.nextAt !== undefined && after.nextAt <= now)
      this.#fail(change, `was defined at ${now}, and is due at ${after.nextAt}`);
    // After a step back of the clock the cursor lies ahead, and the draft's next instant may be before it.
    const isAhead = after.nextAt !== undefined && after.nextAt <= after.cursor;
    if (!after.removed && !isAhead) this.#checkNext(change, after);
    if (!before) return;
    const { draftedAt, links: settled } = settlementOf(commit, before);
    const wasEnabled = commit.wasEnabled(before.taskId);
    const isJudged = !before.removed && !after.removed && wasEnabled && draftedAt !== undefined;
    const judgements = isJudged ? judge(before, draftedAt) : [];
    const links = this.#linksOf(commit, before, judgements, settled);
    const decided = judgements.at(-1)?.instant ?? before.cursor;
    if (judgements.length > 0 && decided > now)
      this.#fail(change, `was settled up to ${decided}, and the store's clock showed ${now}`);
    const reason = before.removed || wasEnabled || after.removed ? ("removed" as const) : ("disabled" as const);
    if (now > decided) links.push({ after: decided, upTo: now, reason });
    this.#chains.expect(commit, before, links);
  }

  /** A pause and a skip move nothing; a resuming records what was due until now. */
  #checkAmendment(commit: CommitOf<"schedules.amend">, change: Change<ScheduleView>): void {
    const { before, after } = change;
    const item = commit.call.args[0].find(({ scheduleId }) => scheduleId === change.id);
    if (!before || !after || before.removed || !item) return this.#fail(change, "was changed by what does not name it");
    if (after.version <= before.version || item.version !== before.version)
      this.#fail(change, `was amended at version ${before.version}, for ${item.version}`);
    if (before.spec !== after.spec) this.#fail(change, "had its definition amended");
    if (item.kind !== "resume") return this.#checkUnmoved(change, `schedules.amend (${item.kind})`);
    const end = Math.max(commit.now, before.cursor);
    if (after.cursor !== end || after.pause) this.#fail(change, `was resumed to ${after.cursor} at ${commit.now}`);
    this.#checkNext(change, after);
    const links: Link[] = end > before.cursor ? [{ after: before.cursor, upTo: end, reason: "paused" }] : [];
    this.#chains.expect(commit, before, links);
  }

  /** Whatever it was, nothing was decided. */
  #checkUnmoved(change: Change<ScheduleView>, by: string): void {
    const { before, after } = change;
    if (
      !before ||
      !after ||
      before.cursor !== after.cursor ||
      before.nextAt !== after.nextAt ||
      before.removed !== after.removed
    )
      this.#fail(change, `was moved by ${by}`);
  }

  #fail({ before, after }: Change<ScheduleView>, what: string): void {
    const schedule = after ?? before;
    this.#world.fail("firings", `${schedule?.task}/${schedule?.key} ${what}`);
  }
}

/** For what time the old definition's last word was computed, and what it is. */
function settlementOf(
  commit: Defining,
  { id, taskId, key }: ScheduleView,
): { draftedAt?: number; links: readonly DecidedLink[] } {
  const { call } = commit as Commit;
  if (call.verb === "tasks.apply") {
    const [deploy] = call.args as CommitOf<"tasks.apply">["call"]["args"];
    const settlement = deploy.settle.find(({ scheduleId }) => scheduleId === id);
    return { draftedAt: deploy.draftedAt, links: settlement?.links ?? [] };
  }
  if (call.verb !== "schedules.put") return { links: [] };
  const [items] = call.args as CommitOf<"schedules.put">["call"]["args"];
  const put = items.find((item) => item.taskId === taskId && item.definition.key === key);
  return put ? { draftedAt: put.draftedAt, links: put.settle?.links ?? [] } : { links: [] };
}
