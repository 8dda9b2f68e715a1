import { expect } from "vitest";
import { type Cases, example } from "../cases.ts";
import type { Context, TestNode } from "../context.ts";

async function lifeOf(c: Context, { epoch }: TestNode) {
  const life = (await c.other.nodes.lives(0, Number.MAX_SAFE_INTEGER)).find((one) => one.epoch === epoch);
  if (!life) throw new Error("the node is not kept");
  return life;
}

export const lives: Cases = [
  example("tells when each node lived: since when, and until when once it left or was declared dead", async (c) => {
    const before = c.store.now();
    const nodes = [
      await c.node([], { name: "living" }),
      await c.node([], { name: "left" }),
      await c.node([], { name: "dead" }),
    ];
    const [living, left, dead] = nodes as [TestNode, TestNode, TestNode];
    await c.store.nodes.leave(left.epoch);
    await c.bury(dead);
    const after = c.store.now();
    for (const [node, name] of [
      [living, "living"],
      [left, "left"],
      [dead, "dead"],
    ] as const) {
      const life = await lifeOf(c, node);
      expect(life).toMatchObject({ name, epoch: node.epoch });
      expect([life.startedAt >= before, life.startedAt <= after]).toEqual([true, true]);
      expect(life.endedAt === undefined).toBe(node === living);
      expect(life.endedAt ?? after).toBeGreaterThanOrEqual(life.startedAt);
      expect(life.seenAt).toBeGreaterThanOrEqual(life.startedAt);
      expect(life.seenAt).toBeLessThanOrEqual(after);
    }
  }),
  example("a renewal, and every verb that renews, is a sign of life", async (c) => {
    const node = await c.node([]);
    const seen = [(await lifeOf(c, node)).seenAt];
    const verbs = [() => c.store.nodes.renew(node.epoch), () => c.other.ledger.fire(node.by(), [])];
    for (const verb of verbs) {
      await c.pass(seen.at(-1) ?? 0);
      await verb();
      seen.push((await lifeOf(c, node)).seenAt);
    }
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    expect((await lifeOf(c, node)).endedAt).toBeUndefined();
  }),
  example("gives those that lived at some time in the range, by epoch", async (c) => {
    const first = await c.node([]);
    await c.pass(c.store.now());
    await c.store.nodes.leave(first.epoch);
    const { startedAt, endedAt = 0 } = await lifeOf(c, first);
    await c.pass(endedAt);
    const second = await c.node([]);
    const since = (await lifeOf(c, second)).startedAt;
    const lived = async (from: number, to: number) => {
      const own = new Set([first.epoch, second.epoch]);
      return (await c.other.nodes.lives(from, to)).map(({ epoch }) => epoch).filter((epoch) => own.has(epoch));
    };
    expect(await lived(startedAt - 2, startedAt - 1)).toEqual([]);
    expect(await lived(startedAt - 1, startedAt)).toEqual([first.epoch]);
    expect(await lived(startedAt + 1, endedAt)).toEqual([first.epoch]);
    expect(await lived(endedAt + 1, since)).toEqual([second.epoch]);
    expect(await lived(since + 9, since + 99)).toEqual([second.epoch]);
    expect(await lived(0, Number.MAX_SAFE_INTEGER)).toEqual([first.epoch, second.epoch]);
  }),
];
