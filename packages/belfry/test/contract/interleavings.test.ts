import { afterAll, describe, test } from "vitest";
import { interleavings } from "./races/table.ts";
import { Stage } from "./stage.ts";
import { subjects } from "./stores.ts";

/** How often both calls of a pair are issued at once, beside once in each order. */
const rounds = 200;

for (const subject of subjects) {
  describe(subject.name, () => {
    const stage = new Stage(subject);
    afterAll(() => stage.end());
    for (const { title, run } of interleavings) test(title, () => stage.use((c) => run(c, rounds)));
  });
}
