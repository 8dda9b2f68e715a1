import { describe, expect, it } from "vitest";
import { controls } from "./controls/all.ts";
import { optionsOf } from "./options.ts";
import { simulate } from "./simulate.ts";

const seedsMax = 200;

describe("the checkers cry when", () => {
  for (const sabotage of controls) {
    it(sabotage.title, { timeout: 300_000 }, async () => {
      for (let seed = 1; seed <= seedsMax; seed++) {
        const { violation } = await simulate(optionsOf(seed), sabotage);
        if (!violation) continue;
        expect(sabotage.foundBy, violation.message).toContain(violation.checker);
        return;
      }
      expect.fail(`none of ${seedsMax} seeds finds it`);
    });
  }
});
