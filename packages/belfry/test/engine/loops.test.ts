import { describe, expect, test } from "vitest";
import { loops, standOf } from "./support/loops.ts";

/** A turn that the test ends. */
function heldTurn(): {
  act: () => Promise<number | undefined>;
  end: (sleepMs?: number) => void;
  fail: (error: unknown) => void;
} {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  return { act: () => promise, end: resolve, fail: reject };
}

describe.each(Object.keys(loops))("%s", (name) => {
  test("does nothing before it is started, and can be stopped then", async () => {
    const { loop, time, turns, clock } = standOf(name);
    loop.wake();
    await loop.stop();
    await loop.stop();
    await time.advance(60_000);
    expect([turns.begun, loop.stopped, time.pending(clock)]).toEqual([0, true, 0]);
  });

  test("has a turn at once when it is started; a second start changes nothing", async () => {
    const { loop, time, turns } = standOf(name);
    loop.start();
    loop.start();
    await time.settle();
    loop.start();
    await time.settle();
    expect([turns.begun, turns.atOnce, loop.stopped]).toEqual([1, 1, false]);
    await loop.stop();
  });

  test("leaves nothing behind when it is stopped, once or twice, and hears no wake then", async () => {
    const { loop, time, turns, clock } = standOf(name);
    loop.start();
    await time.advance(5_000);
    loop.wake();
    await Promise.all([loop.stop(), loop.stop()]);
    const begun = turns.begun;
    loop.wake();
    await time.advance(3_600_000);
    expect([turns.begun, time.pending(clock)]).toEqual([begun, 0]);
  });

  test("starts again after a stop", async () => {
    const { loop, time, turns } = standOf(name);
    for (let n = 0; n < 5; n++) {
      const before = turns.begun;
      loop.start();
      await time.settle();
      expect(turns.begun).toBe(before + 1);
      await loop.stop();
    }
    expect(turns.atOnce).toBe(1);
  });

  test("a stop during a turn waits for its end, and no other follows", async () => {
    const stand = standOf(name);
    const { loop, time, turns, clock } = stand;
    const turn = heldTurn();
    stand.act = turn.act;
    loop.start();
    await time.settle();
    let isStopped = false;
    const stopped = loop.stop().then(() => {
      isStopped = true;
    });
    loop.wake();
    await time.advance(10_000);
    expect([isStopped, turns.begun]).toEqual([false, 1]);
    turn.end(0);
    await stopped;
    await time.advance(10_000);
    expect([turns.begun, time.pending(clock)]).toEqual([1, 0]);
  });

  test("a start right after a stop has its turn after the one under way, never beside it", async () => {
    const stand = standOf(name);
    const { loop, time, turns } = stand;
    const turn = heldTurn();
    stand.act = turn.act;
    loop.start();
    await time.settle();
    const stopped = loop.stop();
    loop.start();
    loop.start();
    await time.advance(1_000);
    expect(turns.begun).toBe(1);
    turn.end(0);
    stand.act = async () => undefined;
    await stopped;
    await time.advance(1_000);
    expect([turns.begun, turns.atOnce, loop.stopped]).toEqual([2, 1, false]);
    loop.wake();
    await time.settle();
    expect(turns.begun).toBe(3);
    await loop.stop();
  });

  test("any order of starts, stops and wakes leaves at most one turn at a time, and an end", async () => {
    const stand = standOf(name);
    const { loop, time, turns, clock } = stand;
    stand.act = async () => {
      for (let n = 0; n < turns.begun % 4; n++) await Promise.resolve();
      return turns.begun % 3 === 0 ? undefined : turns.begun % 3;
    };
    const steps = [
      () => loop.start(),
      () => void loop.stop(),
      () => loop.wake(),
      () => time.advance(1),
      () => Promise.resolve(),
    ];
    for (let n = 0, seed = 7; n < 500; n++) {
      seed = (seed * 48_271) % 2_147_483_647;
      await steps[seed % steps.length]?.();
    }
    await loop.stop();
    const begun = turns.begun;
    await time.advance(10_000);
    expect([turns.begun, turns.atOnce, time.pending(clock)]).toEqual([begun, 1, 0]);
  });

  test("a storm of wakes during a turn brings one more, and none is lost", async () => {
    const stand = standOf(name);
    const { loop, time, turns } = stand;
    const turn = heldTurn();
    stand.act = turn.act;
    loop.start();
    for (let n = 0; n < 1_000; n++) loop.wake();
    stand.act = async () => undefined;
    turn.end();
    await time.settle();
    expect(turns.begun).toBe(2);
    for (let n = 0; n < 1_000; n++) loop.wake();
    await time.settle();
    expect(turns.begun).toBe(4);
    expect(turns.atOnce).toBe(1);
    await loop.stop();
  });

  test("sleeps as long as its turn said, and a wake ends that", async () => {
    const stand = standOf(name);
    const { loop, time, turns } = stand;
    stand.act = async () => 1_000;
    loop.start();
    await time.advance(999);
    expect(turns.begun).toBe(1);
    await time.advance(1);
    expect(turns.begun).toBe(2);
    await time.advance(500);
    loop.wake();
    await time.advance(999);
    expect(turns.begun).toBe(3);
    await loop.stop();
  });

  test("a turn that rejects is logged once, tried again, and its recovery is told", async () => {
    const stand = standOf(name);
    const { loop, time, turns, said } = stand;
    stand.act = () => Promise.reject(new Error("broken"));
    loop.start();
    await time.advance(2_600);
    expect(turns.begun).toBeGreaterThan(3);
    expect(turns.begun).toBeLessThan(10);
    expect(said.errors).toHaveLength(1);
    stand.act = async () => undefined;
    await time.advance(1_000);
    expect(said.lines.filter((line) => line.startsWith("info") && line.includes("works again"))).toHaveLength(1);
    await loop.stop();
  });

  test.each([
    ["undefined", undefined],
    ["what no text can be made of", Object.create(null)],
  ])("a turn that rejects with %s is tried again too", async (_, thrown) => {
    const stand = standOf(name);
    const { loop, time, turns } = stand;
    stand.act = () => Promise.reject(thrown);
    loop.start();
    await time.advance(600);
    expect(turns.begun).toBe(2);
    await loop.stop();
  });

  test("a storm of wakes while its turns reject does not make it run hot", async () => {
    const stand = standOf(name);
    const { loop, time, turns } = stand;
    stand.act = async () => {
      loop.wake();
      await Promise.resolve();
      throw new Error("broken");
    };
    loop.start();
    await time.advance(2_000);
    expect(turns.begun).toBeLessThan(10);
    await loop.stop();
  });

  test("its own turn works on an empty store, without a lease", async () => {
    const { loop, time, said } = standOf(name);
    await loop.runOnce();
    loop.start();
    await time.advance(60_000);
    expect(said.errors).toEqual([]);
    await loop.stop();
  });
});
