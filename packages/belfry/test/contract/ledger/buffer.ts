import { expect } from "vitest";
import { limits } from "../../../src/base/limits.ts";
import type { Overlap } from "../../../src/schedule/overlap.ts";
import { type Case, example } from "../cases.ts";
import { type Context, idsOf, type TaskSketch } from "../context.ts";
import {
  chainOf,
  decided,
  decisionsOf,
  fired,
  firedOf,
  fireOne,
  firingOf,
  rowOf,
  soon,
  timetable,
  tryFire,
} from "../timetable.ts";
import { endings, interruptions } from "./endings.ts";

/** A schedule whose first run is held by a node, and whose second and third wait for it. */
async function queue(c: Context, overlap: Overlap = "bufferAll", sketch: TaskSketch = {}) {
  const { task, schedule, instants } = await timetable(c, { overlap }, sketch);
  const node = await c.node([task]);
  const answer = await fireOne(c.store, node.by(), firingOf(schedule, instants[0]));
  const run = firedOf(answer)?.claimed;
  if (!run) throw new Error("the first is not claimed");
  const ids = [await fired(c, schedule, instants[1]), await fired(c, schedule, instants[2])] as const;
  return { task, schedule, instants, node, run, ids };
}

async function statesOf(c: Context, ids: readonly string[]) {
  return (await c.other.runs.get(ids)).map((run) => run?.state);
}

const ended = Object.entries(endings).map(([title, [outcome, end]]) =>
  example(`held: the oldest goes on when the one before it ends, in the same step: ${title}`, async (c) => {
    const held = await queue(c, "bufferAll", { onLost: "fail" });
    await end(c, held);
    expect((await c.get(held.run.id)).outcome).toBe(outcome);
    expect(await statesOf(c, held.ids)).toEqual(["ready", "held"]);
    const [next] = await (await c.node([held.task])).claim();
    expect(next?.id).toBe(held.ids[0]);
    await c.complete(next ?? { id: "", token: 0 });
    expect(await statesOf(c, held.ids)).toEqual(["completed", "ready"]);
    await c.store.runs.cancel([{ id: held.ids[1] }]);
    expect(await tryFire(c, held.schedule, held.instants[3])).toBe("fired");
    expect(decisionsOf(await chainOf(c, held.schedule))).toEqual(held.instants.map((instant) => ["fired", instant]));
  }),
);

const interrupted = Object.entries(interruptions).map(([title, interrupt]) =>
  example(`held: waits on after what does not end the one before it: ${title}`, async (c) => {
    const held = await queue(c);
    await interrupt(c, held);
    expect(await statesOf(c, held.ids)).toEqual(["held", "held"]);
  }),
);

export const buffer: readonly Case[] = [
  ...ended,
  ...interrupted,
  example("held: waits on when the one before it is lost and runs again", async (c) => {
    const held = await queue(c);
    expect(idsOf(await c.bury(held.node))).toEqual([held.run.id]);
    expect(await statesOf(c, held.ids)).toEqual(["held", "held"]);
  }),
  example("held: is answered so, is pending, and is never claimed", async (c) => {
    const { task, schedule, instants } = await timetable(c, { overlap: "bufferOne" });
    await fired(c, schedule, instants[0]);
    const node = await c.node([task]);
    const firing = firingOf(await rowOf(c, schedule), instants[1]);
    const answer = await fireOne(c.other, (await c.node([task])).by(), firing);
    expect(answer).toEqual(decided({ decision: "fired", trackingId: firing.runId, held: true }));
    expect(await c.get(firing.runId)).toMatchObject({ state: "held", scheduledFor: instants[1], attempts: [] });
    const { items } = await c.store.runs.list({ status: "pending", limit: 10 });
    expect(items.map(({ id }) => id)).toContain(firing.runId);
    expect(await node.claim()).toHaveLength(1);
    expect(await node.claim()).toEqual([]);
    await c.store.nodes.leave(node.epoch);
    expect(await c.get(firing.runId)).toMatchObject({ state: "held" });
  }),
  example("held: can be cancelled; what waits behind it waits for the one that runs", async (c) => {
    const held = await queue(c);
    expect(await c.store.runs.cancel([{ id: held.ids[0] }])).toEqual([{ outcome: "ended", now: true }]);
    expect(await c.get(held.ids[0])).toMatchObject({ outcome: "E_CANCELLED" });
    expect(await statesOf(c, held.ids)).toEqual(["failed", "held"]);
    await c.complete(held.run);
    expect(await statesOf(c, held.ids)).toEqual(["failed", "ready"]);
  }),
  example("held: does not expire, whatever nodes there are", async (c) => {
    const { schedule, instants } = await timetable(c, { overlap: "bufferAll" });
    const ids = [await fired(c, schedule, instants[0]), await fired(c, schedule, instants[1])];
    await c.pass(c.store.now());
    expect(idsOf(await c.store.runs.expire(c.store.now(), 1))).toEqual([ids[0]]);
    expect(await statesOf(c, ids)).toEqual(["failed", "ready"]);
  }),
  example("bufferOne: keeps the first that waits; the others are bufferFull until it goes on", async (c) => {
    const { task, schedule, instants } = await timetable(c, { overlap: "bufferOne" });
    const node = await c.node([task]);
    await fired(c, schedule, instants[0]);
    const [run] = await node.claim();
    const waiting = await fired(c, schedule, instants[1]);
    expect(await tryFire(c, schedule, instants[2])).toBe("bufferFull");
    expect(await tryFire(c, schedule, instants[3])).toBe("bufferFull");
    const full = { after: instants[1], upTo: instants[3], decision: "bufferFull" };
    expect((await chainOf(c, schedule)).at(-1)).toEqual(full);
    await c.complete(run ?? { id: "", token: 0 });
    expect(await c.get(waiting)).toMatchObject({ state: "ready" });
    await c.pass(instants[3] + 1);
    expect(await tryFire(c, schedule, instants[3] + 1)).toBe("held");
  }),
  example("bufferAll: a thousand wait, the next is bufferFull", async (c) => {
    const { schedule, instants } = await timetable(c, { overlap: "bufferAll" });
    const node = await c.node([]);
    const count = limits.bufferedMax + 1;
    const last = instants[0] + count + 2;
    await c.pass(last);
    const firing = firingOf(schedule, instants[0] + count - 1, { next: soon(last) });
    const links = Array.from({ length: count }, (_, index) => {
      const { links } = firingOf(schedule, instants[0] + index, { queued: { delayMs: 0 } });
      return links[0] ?? { after: 0, upTo: 0, reason: "missed" as const };
    });
    await fireOne(c.store, node.by(), { ...firing, links });
    expect(await tryFire(c, schedule, last - 2)).toBe("bufferFull");
    const [, second] = links;
    await c.store.runs.cancel([{ id: second && "runId" in second ? second.runId : "" }]);
    expect(await tryFire(c, schedule, last - 1)).toBe("held");
    expect(await tryFire(c, schedule, last)).toBe("bufferFull");
  }),
  example("cancelOther: ends what waits, marks what runs, and starts once that has ended", async (c) => {
    const { run, ids, schedule, instants, node } = await queue(c, "cancelOther");
    const reason = `replaced by the firing of ${new Date(instants[2]).toISOString()}`;
    expect(await statesOf(c, [run.id, ...ids])).toEqual(["running", "failed", "held"]);
    expect((await c.get(ids[0])).attempts).toMatchObject([{ error: { message: expect.stringContaining(reason) } }]);
    const first = `replaced by the firing of ${new Date(instants[1]).toISOString()}`;
    const told = { outcome: "renewed", cancelled: [{ id: run.id, reason: first }] };
    expect(await c.store.nodes.renew(node.epoch)).toEqual(told);
    expect(await c.finish({ ...run, event: "release" })).toBe("cancelled");
    expect(await statesOf(c, [run.id, ...ids])).toEqual(["failed", "failed", "ready"]);
    expect(await tryFire(c, schedule, instants[3])).toBe("fired");
    expect(await statesOf(c, [run.id, ...ids])).toEqual(["failed", "failed", "failed"]);
    expect(decisionsOf(await chainOf(c, schedule))).toEqual(instants.map((instant) => ["fired", instant]));
  }),
];
