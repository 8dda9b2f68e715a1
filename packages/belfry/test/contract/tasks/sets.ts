import { expect } from "vitest";
import { limits } from "../../../src/base/limits.ts";
import { type Cases, example } from "../cases.ts";
import { type Context, freshId, taskOf } from "../context.ts";

const apply = (c: Context, app: string, digest: string, release?: string) =>
  c.store.tasks.apply({ app, digest, release, draftedAt: 0, tasks: [], settle: [] });

export const current: Cases = [
  example("is the app's set, and undefined before its first", async (c) => {
    const [a, b] = [`a-${freshId()}`, `b-${freshId()}`];
    expect(await c.store.tasks.current(a)).toBeUndefined();
    const before = c.store.now();
    await apply(c, a, "sha-1 “x”", "v1 “é”");
    await apply(c, b, "other");
    for (const store of [c.store, c.other]) {
      const { appliedAt = 0, ...row } = (await store.tasks.current(a)) ?? {};
      expect(row).toEqual({ number: 1, app: a, digest: "sha-1 “x”", release: "v1 “é”" });
      expect(appliedAt).toBeGreaterThanOrEqual(before);
    }
    await apply(c, a, "");
    expect(await c.other.tasks.current(a)).toMatchObject({ number: 2, digest: "" });
    expect((await c.other.tasks.current(a))?.release).toBeUndefined();
    expect(await c.other.tasks.current(a.toUpperCase())).toBeUndefined();
  }),
];

export const deploys: Cases = [
  example("gives the sets that an app had, newest first, at most so many", async (c) => {
    const [a, b] = [`a-${freshId()}`, `b-${freshId()}`];
    expect(await c.store.tasks.deploys(a, 10)).toEqual([]);
    for (const digest of ["1", "2", "1"]) await apply(c, a, digest);
    await apply(c, b, "x");
    const sets = await c.other.tasks.deploys(a, 10);
    expect(sets.map(({ number, digest }) => `${number}: ${digest}`)).toEqual(["3: 1", "2: 2", "1: 1"]);
    expect(sets[0]).toEqual(await c.store.tasks.current(a));
    expect(await c.store.tasks.deploys(a, 2)).toEqual(sets.slice(0, 2));
    expect((await c.store.tasks.deploys(b, 10)).map(({ number }) => number)).toEqual([1]);
  }),
  example("keeps the newest hundred", async (c) => {
    const a = `a-${freshId()}`;
    const count = limits.deploysKept + 2;
    for (let index = 1; index <= count; index += 1) await apply(c, a, `${index}`, `v${index}`);
    const sets = await c.store.tasks.deploys(a, 1_000);
    expect(sets.map(({ number }) => number)).toEqual(Array.from({ length: limits.deploysKept }, (_, n) => count - n));
    expect(await c.store.tasks.definitions(a, 2)).toBeUndefined();
    expect(await c.store.tasks.definitions(a, 3)).toEqual([]);
    expect((await apply(c, a, "2", "v2")).outcome).toBe("applied");
  }),
];

export const definitions: Cases = [
  example("gives a set as it was applied, without ids and instants", async (c) => {
    const [a, b] = [`a-${freshId()}`, `b-${freshId()}`];
    const nextAt = c.store.now() + 3_600_000;
    const rules = { payload: '{"__proto__":1 }', priority: 3, overlap: "bufferOne", pauseOnFailure: 4 } as const;
    const one = taskOf({
      ...{
        name: `one ${a}`,
        concurrency: 2,
        onLost: "fail",
        priority: -1,
        catchUp: '{"policy":"all"}',
        overlap: "allow",
      },
      schedules: [{ key: "“k”", spec: '{"cron":"0 2 * * *"}', nextAt, ...rules }, { key: "b" }],
    });
    const two = taskOf({ name: `two ${a}`, enabled: false });
    const deploy = { app: a, draftedAt: 0, settle: [] };
    await c.store.tasks.apply({ ...deploy, digest: "1", tasks: [one, two] });
    await c.store.tasks.apply({ ...deploy, app: b, digest: "1", tasks: [] });
    const bare = [one, two].map(({ newId: _, schedules, ...task }) => ({
      ...task,
      schedules: schedules.map(({ nextAt: _, dueAt: __, ...schedule }) => schedule),
    }));
    for (const store of [c.store, c.other]) expect(await store.tasks.definitions(a, 1)).toEqual(bare);
    expect(await c.store.tasks.definitions(a, 2)).toBeUndefined();
    expect(await c.store.tasks.definitions(b, 1)).toEqual([]);
    expect(await c.store.tasks.definitions(freshId(), 1)).toBeUndefined();
  }),
];
