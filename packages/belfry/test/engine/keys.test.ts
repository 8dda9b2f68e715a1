import { expect, test } from "vitest";
import { systemClock } from "../../src/clock/system.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { Instance } from "../../src/engine/instance.ts";
import { StoredKeys } from "../../src/engine/keys.ts";
import { MemoryState } from "../../src/store/memory/state.ts";
import { memoryStore } from "../../src/store/memory/store.ts";
import { World } from "./support/world.ts";

test("a key whose id is taken gets another one: no secret is told that opens nothing", async () => {
  const presence = {
    listen: async () => undefined,
    probe: async () => "unknown" as const,
    forget: async () => {},
    close: async () => {},
  };
  const store = memoryStore(new MemoryState(systemClock.now), presence);
  const ids = ["aaaaaaaa", "aaaaaaaa", "bbbbbbbb"];
  const randomHex = (characters: number) =>
    (characters === 8 ? ids.shift() : undefined) ?? systemClock.randomHex(characters);
  const keys = new StoredKeys(() => ({ store }) as Engine, { ...systemClock, randomHex });
  const [one, other] = [await keys.create({ name: "one", scope: "admin" }), await keys.create({ name: "other" })];
  expect([one.id, other.id]).toEqual(["aaaaaaaa", "bbbbbbbb"]);
  expect(await keys.verify(one.secret)).toMatchObject({ name: "one", scope: "admin" });
  expect(await keys.verify(other.secret)).toMatchObject({ name: "other", scope: "read" });
});

test("what was read of the keys opens nothing once the engine has stopped", async () => {
  const world = new World();
  const node = await world.start();
  const instance = node.belfry as Instance;
  const { id, secret } = await instance.keys.create({ name: "one" });
  expect([await instance.keys.verify(secret), await instance.keys.stands(id)]).toMatchObject([{ id }, true]);
  await instance.keys.revoke(id);
  expect([await instance.keys.verify(secret), await instance.keys.stands(id)]).toEqual([undefined, false]);
  await node.stop();
  for (const call of [() => instance.keys.verify(secret), () => instance.keys.exist(), () => instance.keys.stands(id)])
    await expect(call()).rejects.toMatchObject({ code: "E_STOPPED" });
});
