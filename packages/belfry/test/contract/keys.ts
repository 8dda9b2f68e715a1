import { expect } from "vitest";
import type { KeyRow, KeyStore } from "../../src/store/keys.ts";
import { aloneExample, type CasesOf, example } from "./cases.ts";
import { type Context, freshId } from "./context.ts";

const keyOf = (sketch: Partial<KeyRow> = {}) => {
  const id = freshId().slice(0, 8);
  return { id, name: "a key “é”", scope: "read" as const, hash: freshId().repeat(2), ...sketch };
};
const rowsOf = async (c: Context, ...ids: string[]) => (await c.other.keys.list()).filter(({ id }) => ids.includes(id));

export const keys: CasesOf<KeyStore> = {
  create: [
    example("keeps a key with all that it says, by the store's clock", async (c) => {
      const made = [keyOf(), keyOf({ scope: "trigger" }), keyOf({ scope: "admin", name: "x".repeat(128) })];
      const before = c.store.now();
      for (const key of made) expect(await c.store.keys.create(key)).toMatchObject(key);
      const after = c.store.now();
      const rows = await rowsOf(c, ...made.map(({ id }) => id));
      expect(rows.map(({ createdAt: _, ...rest }) => rest)).toEqual(made);
      for (const { createdAt } of rows) expect(createdAt >= before && createdAt <= after).toBe(true);
    }),
    example("changes nothing where the id is there already, also after it was revoked", async (c) => {
      const key = keyOf();
      expect(await c.store.keys.create(key)).toMatchObject(key);
      const other = keyOf({ id: key.id, scope: "admin" });
      expect(await c.other.keys.create(other)).toBeUndefined();
      await c.store.keys.revoke(key.id);
      expect(await c.store.keys.create(other)).toBeUndefined();
      expect(await rowsOf(c, key.id)).toMatchObject([key]);
    }),
    aloneExample("makes one first key, whoever asks", async (c) => {
      const [left, right, late] = [keyOf(), keyOf(), keyOf()];
      const first = { onlyFirst: true };
      const answers = await Promise.all([c.store.keys.create(left, first), c.other.keys.create(right, first)]);
      expect(answers.filter((row) => row !== undefined)).toHaveLength(1);
      const rows = await c.store.keys.list();
      expect(rows).toEqual(answers.filter((row) => row !== undefined));
      await c.store.keys.revoke(rows[0]?.id ?? "");
      expect(await c.other.keys.create(late, first)).toBeUndefined();
    }),
  ],
  list: [
    example("answers all keys, oldest first, the revoked ones too", async (c) => {
      const made = [keyOf(), keyOf(), keyOf()];
      for (const key of made) await c.store.keys.create(key);
      await c.store.keys.revoke(made[1]?.id ?? "");
      const rows = await rowsOf(c, ...made.map(({ id }) => id));
      expect(rows.map(({ id }) => id)).toEqual(made.map(({ id }) => id));
      expect(rows.map(({ revokedAt }) => revokedAt === undefined)).toEqual([true, false, true]);
    }),
  ],
  revoke: [
    example("ends a key, for all stores; a second time changes nothing", async (c) => {
      const key = keyOf();
      await c.store.keys.create(key);
      const before = c.store.now();
      expect(await c.store.keys.revoke(key.id)).toBe("revoked");
      const [row] = await rowsOf(c, key.id);
      expect(row?.revokedAt).toBeGreaterThanOrEqual(before);
      await c.pass(row?.revokedAt ?? 0);
      expect(await c.other.keys.revoke(key.id)).toBe("revoked");
      expect(await rowsOf(c, key.id)).toEqual([row]);
    }),
    example("says where there is no such key", async (c) => {
      expect(await c.store.keys.revoke(freshId().slice(0, 8))).toBe("unknown");
      expect(await c.store.keys.revoke("")).toBe("unknown");
    }),
  ],
};
