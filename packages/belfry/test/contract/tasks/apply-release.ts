import { expect } from "vitest";
import { type Case, example } from "../cases.ts";
import { type Context, freshId, taskOf } from "../context.ts";

/** An app of its own, whose sets have one task each, named as their digests say. */
function appOf(c: Context) {
  const app = `app-${freshId()}`;
  const setOf = (digest: string) => {
    return { app, digest, draftedAt: 0, tasks: [taskOf({ name: `${app} ${digest}` })], settle: [] };
  };
  return {
    ...{ app, setOf },
    apply: (digest: string, release?: string) => c.other.tasks.apply({ ...setOf(digest), release }),
    number: async () => (await c.store.tasks.current(app))?.number,
    defined: async () => {
      const tasks = (await c.store.tasks.list()).filter((task) => task.app === app && task.defined);
      return tasks.map(({ name }) => name.slice(app.length + 1));
    },
  };
}

export const applyRelease: readonly Case[] = [
  example("a release's set is applied once: it is superseded when another one came after it", async (c) => {
    const shop = appOf(c);
    expect((await shop.apply("1", "v1")).outcome).toBe("applied");
    expect((await shop.apply("2", "v2")).outcome).toBe("applied");
    const current = await c.store.tasks.current(shop.app);
    expect(await shop.apply("1", "v1")).toEqual({ outcome: "superseded", current });
    expect(current).toMatchObject({ number: 2, digest: "2", release: "v2" });
    expect(await c.store.tasks.current(shop.app)).toEqual(current);
    expect(await shop.defined()).toEqual(["2"]);
  }),
  example(
    "a release's set is applied again by a release that had another, by another release, or by none",
    async (c) => {
      const shop = appOf(c);
      const steps = [
        ...[["1", "v1"] as const, ["2", "v2"] as const, ["1", "v2"] as const, ["1", "v3"] as const],
        ...[["2"] as const, ["1"] as const, ["2"] as const],
      ];
      for (const [index, [digest, release]] of steps.entries()) {
        expect((await shop.apply(digest, release)).outcome).toBe("applied");
        expect(await shop.number()).toBe(index + 1);
      }
    },
  ),
  example("the current set is applied again as what it is: no new number", async (c) => {
    for (const release of ["v1", undefined]) {
      const shop = appOf(c);
      const set = { ...shop.setOf("d"), release };
      const first = await c.store.tasks.apply(set);
      expect(await c.other.tasks.apply(set)).toEqual(first);
      expect(await shop.number()).toBe(1);
    }
  }),
  example("what is put back under no release stands; the release that it replaced does not come again", async (c) => {
    const shop = appOf(c);
    await shop.apply("1", "v1");
    await shop.apply("2", "v2");
    expect((await shop.apply("1")).outcome).toBe("applied");
    expect((await shop.apply("2", "v2")).outcome).toBe("superseded");
    expect(await shop.defined()).toEqual(["1"]);
    expect((await c.store.tasks.deploys(shop.app, 10)).map(({ release }) => release)).toEqual([undefined, "v2", "v1"]);
  }),
  example("a release of one app supersedes nothing of another's", async (c) => {
    const shop = appOf(c);
    await shop.apply("1", "v1");
    await shop.apply("2", "v2");
    expect((await appOf(c).apply("1", "v1")).outcome).toBe("applied");
  }),
  example("a set that is refused has no number", async (c) => {
    const shop = appOf(c);
    await shop.apply("1", "v1");
    const late = taskOf({ schedules: [{ nextAt: c.store.now() - 1 }] });
    const taken = `Taken ${shop.app}`;
    const deploy = { app: shop.app, digest: "x", release: "v2", draftedAt: 0, settle: [] };
    expect((await c.store.tasks.apply({ ...deploy, tasks: [late] })).outcome).toBe("stale");
    await c.store.tasks.apply({ ...appOf(c).setOf("1"), tasks: [taskOf({ name: taken.toLowerCase() })] });
    expect((await c.store.tasks.apply({ ...deploy, tasks: [taskOf({ name: taken })] })).outcome).toBe("duplicate");
    expect(await c.store.tasks.deploys(shop.app, 10)).toMatchObject([{ number: 1, digest: "1" }]);
  }),
];
