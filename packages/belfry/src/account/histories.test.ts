import fc from "fast-check";
import { expect, test } from "vitest";
import { catchUps, ruleOf, writeCatchUp } from "../schedule/catchup.ts";
import { compile } from "../schedule/compile.ts";
import { decideDue } from "../schedule/decide.ts";
import type { ScheduleSpec } from "../schedule/spec.ts";
import type { LedgerItem } from "../store/ledger.ts";
import type { PastSchedule, ScheduleRow } from "../store/schedules.ts";
import { Chain, type Finding } from "./chain.ts";
import { Definitions } from "./definitions.ts";

const minute = 60_000;
const begin = Date.parse("2026-03-28T20:07:00Z");

const specs: readonly ScheduleSpec[] = [
  { cron: "*/20 * * * *", timezone: "UTC" },
  { cron: "15,45 0-4,9 * * *", timezone: "Europe/Berlin" },
  { cron: "30 * * * *", timezone: "Europe/Berlin", exclude: [{ name: "off", dates: ["2026-03-30"] }] },
  { cron: "0 */3 * * *", timezone: "America/New_York", spreadMs: 40 * minute },
  { everyMs: 35 * minute, anchor: 11 },
  { everyMs: 25 * minute, anchor: 0, end: begin + 1_000 * minute },
  { at: begin + 333 * minute },
];

const step = fc.record({
  minutes: fc.constantFrom(1, 3, 20, 25, 61, 240, 1_500),
  what: fc.constantFrom("decide", "decide", "decide", "decide", "busy", "pause", "resume", "skip", "edit", "disable"),
  spec: fc.constantFrom(...specs),
  catchUp: fc.constantFrom(...catchUps),
});

interface History {
  readonly row: ScheduleRow;
  readonly past: readonly PastSchedule[];
  readonly items: readonly LedgerItem[];
}

/** A schedule's life, decided as the planner and a store do it. */
class Life {
  readonly #items: LedgerItem[] = [];
  readonly #past: PastSchedule[] = [];
  #row: ScheduleRow;
  #now = begin;

  constructor(spec: ScheduleSpec) {
    this.#row = {
      ...{ id: 1, taskId: "", task: "job", key: "default", app: "default", origin: "code", version: 1, failures: 0 },
      ...{ spec: JSON.stringify(spec), priority: 0, overlap: "skip", catchUp: "latest", changedAt: begin },
      ...{ cursor: begin, since: begin },
    };
  }

  get history(): History {
    return { row: this.#row, past: this.#past, items: linked(this.#items) };
  }

  take({ minutes, what, spec, catchUp }: typeof step extends fc.Arbitrary<infer Step> ? Step : never): void {
    this.#now += minutes * minute;
    const [now, row] = [this.#now, this.#row];
    if (what === "pause") this.#row = { ...row, pause: { at: now, until: now + 300 * minute } };
    else if (what === "skip") this.#row = { ...row, skipUntil: now + 100 * minute };
    else if (what === "resume") this.#settle("paused");
    else if (what === "edit") {
      this.#decide("removed");
      this.#settle("removed");
      this.#past.push({ ...row, upTo: now });
      this.#row = { ...this.#row, since: now, spec: JSON.stringify(spec), catchUp: writeCatchUp(ruleOf(catchUp)) };
    } else this.#decide(what === "busy" ? "overlap" : what === "disable" ? "disabled" : undefined);
  }

  #decide(instead?: "overlap" | "disabled" | "removed"): void {
    const { spec, cursor, pause, skipUntil, catchUp } = this.#row;
    const rule = ruleOf(catchUp as "latest");
    const input = { cursor, now: this.#now, pause, skipUntil, catchUp: rule, lateAfterMs: 30_000 };
    const decision = decideDue(compile(JSON.parse(spec) as ScheduleSpec, "job/default"), input);
    if (!decision) return;
    let at = cursor;
    for (const link of decision.links) {
      if ("reason" in link) this.#span(link.after, link.upTo, link.reason);
      else if (instead) this.#span(at, link.instant, instead);
      else this.#items.push({ after: 0, upTo: link.instant, decision: "fired", trackingId: `r${this.#items.length}` });
      at = "reason" in link ? link.upTo : link.instant;
    }
    this.#row = { ...this.#row, cursor: decision.newCursor };
  }

  /** Everything until now, due or not, has this reason. */
  #settle(reason: "paused" | "removed"): void {
    this.#span(this.#row.cursor, this.#now, reason);
    this.#row = { ...this.#row, cursor: this.#now, pause: undefined };
  }

  #span(after: number, upTo: number, decision: Exclude<LedgerItem["decision"], "fired">): void {
    const last = this.#items.at(-1);
    if (last?.decision === decision && last.upTo === after) this.#items[this.#items.length - 1] = { ...last, upTo };
    else if (upTo > after) this.#items.push({ after, upTo, decision });
  }
}

/** As stores list them: in order, and a firing follows what is before it. */
function linked(items: readonly LedgerItem[]): LedgerItem[] {
  const sorted = items.toSorted((a, b) => a.upTo - b.upTo);
  return sorted.map((item, index) =>
    item.decision === "fired" ? { ...item, after: sorted[index - 1]?.upTo ?? item.upTo } : item,
  );
}

function audit({ row, past, items }: History): { findings: Finding[]; chain: Chain } {
  const findings: Finding[] = [];
  const range = { from: begin, upTo: row.cursor };
  const chain = new Chain(new Definitions(row, past), range, (finding) => findings.push(finding));
  for (const _ of chain.take(items));
  for (const _ of chain.end());
  return { chain, findings };
}

/** By listing: how often each due instant was decided, and what fired without being due. */
function accounted({ row, past, items }: History): string {
  const due = [...past, { ...row, upTo: row.cursor }].flatMap(({ spec, since, upTo }) =>
    compile(JSON.parse(spec) as ScheduleSpec, "job/default").between(since, upTo, Infinity),
  );
  const decided = due.map((instant) => {
    const links = items.filter(({ after, upTo, decision }) =>
      decision === "fired" ? upTo === instant : after < instant && instant <= upTo,
    );
    return links.length;
  });
  const undue = items.filter(({ upTo, decision }) => decision === "fired" && !due.includes(upTo));
  return JSON.stringify([decided, undue.map(({ upTo }) => upTo)]);
}

const life = fc
  .tuple(fc.constantFrom(...specs), fc.array(step, { minLength: 3, maxLength: 25 }))
  .map(([spec, steps]) => {
    const made = new Life(spec);
    for (const one of steps) made.take(one);
    return made.history;
  });

test("whatever was decided about a schedule, its audit finds nothing, and counts every due instant", () => {
  fc.assert(
    fc.property(life, (history) => {
      const { chain, findings } = audit(history);
      expect(findings).toEqual([]);
      const [decided] = JSON.parse(accounted(history)) as [number[]];
      expect(decided.every((times) => times === 1)).toBe(true);
      expect(chain.instants).toBe(decided.length);
      expect(chain.fired + Object.values(chain.notFired).reduce((sum, count) => sum + count, 0)).toBe(decided.length);
    }),
    { numRuns: 400 },
  );
});

const mutation = fc.record({
  index: fc.nat(),
  how: fc.constantFrom("drop", "twice", "add", "move", "begin", "end"),
  minutes: fc.integer({ min: -120, max: 120 }),
});

function mutate(history: History, { index, how, minutes }: typeof mutation extends fc.Arbitrary<infer M> ? M : never) {
  const items = [...history.items];
  const at = index % items.length;
  const item = items[at] as LedgerItem;
  const by = minutes * minute;
  const isFired = item.decision === "fired";
  if (how === "drop") items.splice(at, 1);
  else if (how === "twice") items.splice(at, 0, item);
  else if (how === "add") items.push({ after: 0, upTo: item.upTo + by, decision: "fired", trackingId: "more" });
  else if (how === "begin" && !isFired) items[at] = { ...item, after: Math.min(item.after + by, item.upTo - 1) };
  else if (how === "end" && !isFired) items[at] = { ...item, upTo: Math.max(item.after + 1, item.upTo + by) };
  else items[at] = { ...item, upTo: item.upTo + by };
  const { cursor } = history.row;
  return { ...history, items: linked(items.filter(({ upTo }) => upTo > begin && upTo <= cursor)) };
}

test("every single change of a ledger that changes what is accounted for is found", () => {
  let changed = 0;
  fc.assert(
    fc.property(life, mutation, (history, change) => {
      if (history.items.length === 0) return;
      const mutant = mutate(history, change);
      if (accounted(mutant) === accounted(history)) return;
      changed += 1;
      expect(audit(mutant).findings.length).toBeGreaterThan(0);
    }),
    { numRuns: 1_500 },
  );
  expect(changed).toBeGreaterThan(300);
});
