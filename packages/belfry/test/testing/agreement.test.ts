import fc from "fast-check";
import { expect, test } from "vitest";
import { play } from "./support/ground.ts";
import { OnEngine } from "./support/on-engine.ts";
import { OnKit } from "./support/on-kit.ts";
import { stories } from "./support/story.ts";

// The kit follows the engine's rules without being one: random stories are told on both, and have to end the same.

const start = new Date("2026-03-28T22:00:00Z");
const told = Number(process.env.BELFRY_STORIES ?? 40);

test("the kit and the engine tell the same story", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      const onKit = await play(story, new OnKit(start));
      const onEngine = await play(story, new OnEngine(start));
      expect(onKit).toEqual(onEngine);
    }),
    { numRuns: told, seed: 20_260_328 },
  );
});
