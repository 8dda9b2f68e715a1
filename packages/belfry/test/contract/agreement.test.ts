import { afterAll, expect, test } from "vitest";
import { MemoryState } from "../../src/store/memory/state.ts";
import { agree } from "./agreement/compare.ts";
import { ForgetsRewindings } from "./broken-time.ts";
import { Stage } from "./stage.ts";
import { memory, subjects } from "./stores.ts";

const sequences = 60;
const [reference, ...others] = subjects.map((subject) => ({ name: subject.name, stage: new Stage(subject) }));

afterAll(() => Promise.all([reference, ...others].map((one) => one?.stage.end())));

for (const { name, stage } of others) {
  test(`${name} answers ${sequences} random sequences of calls as ${reference?.name} does`, async () => {
    if (reference) await agree(reference.stage, stage, sequences);
  }, 300_000);
}

test("control: a store that fires anew what it had fired before it was set back is found out", async () => {
  await expect(agree(new Stage(memory()), new Stage(memory(ForgetsRewindings)), sequences)).rejects.toThrow();
}, 120_000);

test("control: a store whose claims spend failures is found out", async () => {
  class Forgetful extends MemoryState {
    override tryClaim(...args: Parameters<MemoryState["tryClaim"]>) {
      const claimed = super.tryClaim(...args);
      return claimed && { ...claimed, failures: claimed.attempt - 1 };
    }
  }
  const broken = new Stage(memory(Forgetful));
  await expect(agree(new Stage(memory()), broken, sequences)).rejects.toThrow();
});
