import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { belfry } from "./support/cli.ts";
import { useProject } from "./support/project.ts";

const project = useProject();
const list = (around: object, ...argv: string[]) => belfry(["tasks", ...argv, "--store", project().store], around);

test("colours are for a terminal only, not where NO_COLOR is set, and never in JSON", async () => {
  expect((await list({ isTty: true })).out).toContain("\u001b[");
  for (const plain of [
    await list({ isTty: false }),
    await list({ isTty: true, environment: { NO_COLOR: "1" } }),
    await list({ isTty: true }, "--json"),
  ]) {
    expect(plain.out).toContain("billOnDemand");
    expect(plain.out).not.toContain("\u001b");
  }
});

test("a table with colours has the same text", async () => {
  const [coloured, plain] = [await list({ isTty: true }), await list({})];
  expect(stripVTControlCharacters(coloured.out)).toBe(plain.out);
});
