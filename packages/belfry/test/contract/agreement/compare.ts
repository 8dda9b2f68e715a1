import fc from "fast-check";
import { expect } from "vitest";
import type { Stage } from "../stage.ts";
import { Names } from "./names.ts";
import { type Call, sequence } from "./verbs.ts";
import { World } from "./world.ts";

/** Makes the same calls on both, one after the other, and compares each answer and all that can be read in the end. */
async function compare(reference: Stage, subject: Stage, calls: readonly Call[]): Promise<void> {
  await reference.use((one) =>
    subject.use(async (two) => {
      const names = new Names();
      const [expected, actual] = [new World(one, names), new World(two, names)];
      for (const call of calls)
        expect(await actual.call(call), JSON.stringify(call)).toEqual(await expected.call(call));
      expect(await actual.state()).toEqual(await expected.state());
    }),
  );
}

/**
 * Rejects unless two stores give equal answers to the same random sequences of calls. The message names the seed and
 * path; without `endOnFailure` the same seed is shrunk to a short sequence.
 */
export async function agree(reference: Stage, subject: Stage, sequences: number): Promise<void> {
  const property = fc.asyncProperty(sequence, (calls) => compare(reference, subject, calls));
  await fc.assert(property, { numRuns: sequences, endOnFailure: true });
}
