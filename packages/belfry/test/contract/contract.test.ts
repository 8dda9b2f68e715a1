import { afterAll, describe, expect, test } from "vitest";
import { contract } from "./all.ts";
import type { Case } from "./cases.ts";
import { Stage } from "./stage.ts";
import { subjects } from "./stores.ts";

/** A case that is lost, or that one store is not held to, is noticed here. */
const casesPerStore = 333;

const ran = new Map(subjects.map(({ name }) => [name, 0]));

for (const subject of subjects) {
  describe(subject.name, () => {
    const stage = new Stage(subject);
    afterAll(() => stage.end());

    for (const [room, verbs] of Object.entries(contract)) {
      for (const [verb, cases] of Object.entries(verbs as Record<string, readonly Case[]>)) {
        for (const { title, run, isAlone } of cases) {
          test(`${room}.${verb}: ${title}`, async () => {
            await (isAlone ? stage.useNew(run) : stage.use(run));
            ran.set(subject.name, (ran.get(subject.name) ?? 0) + 1);
          });
        }
      }
    }
  });
}

test("every store is held to every case", () => {
  console.log([...ran].map(([name, count]) => `${name}: ${count} cases`).join("\n"));
  expect([...ran]).toEqual(subjects.map(({ name }) => [name, casesPerStore]));
});
