import fc from "fast-check";
import { expect, test } from "vitest";
import { belfry, type Done } from "./support/cli.ts";
import { useProject } from "./support/project.ts";

const project = useProject();
const split = (text: string) => text.split(" ");

/** All but those that run until they are told to stop, and those that make files wherever they are told to. */
const commands = split(
  "run status cancel retry runs logs tasks schedules next nodes keys doctor completion help rum " +
    "pause resume skip explain audit forecast backfill deploys",
);
const words = [
  ...split("billOnDemand fails off create list revoke bash default 6237b225b9a84d607cd79044 10m 5 -5 2026-11-24"),
  ...split("sqlite:belfry.db sqlite:none.db none.db - -- {} null @daily UTC errors manual read admin"),
  ...split("put delete show put-back * bill* UTC Europe/Berlin 2026-03-29T02:30 2026-03-29T02:30Z oldest failed 1h"),
  ...["", "0 2 * * *"],
];
const flags = [
  ...split("--json --store --config --api-key --payload --payload-file --delay --at --priority --reason --full"),
  ...split("--idempotency-key --task --status --trigger --from --to --limit --cursor --after --key --firings"),
  ...split("--schedule --until --author --at --hours --order --concurrency --reprocess --dry-run --force --app --file"),
  ...split("--every --anchor --start --end --spread --exclude --overlap --catch-up --pause-on-failure --dst-gap"),
  ...split("--cron --timezone --count --name --scope --help --nope -f -h -x --limit=5 --json=1 --no-json"),
];
/** Nothing that names a place outside of the test's folder, or a machine. */
const texts = fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => text.replaceAll(/[/\\:.]/g, "_"));
const rest = fc.array(fc.oneof(fc.constantFrom(...words), fc.constantFrom(...flags), texts), { maxLength: 7 });

/** One document, or a line with one each; nothing where there was nothing to say. */
function expectJson(text: string): void {
  for (const line of text.split("\n")) if (line !== "") JSON.parse(line);
}

function expectWell(argv: readonly string[], { exit, out, err }: Done): void {
  expect([0, 1, 2, 3]).toContain(exit);
  expect(err).not.toMatch(/^\s+at |is a bug in Belfry/m);
  if (/^Usage:/.test(out + err)) return;
  expect(exit === 2 || exit === 3 ? err : "\n").toMatch(/^[^\n]*\n$/);
  if (!argv.includes("--json") || argv.includes("--")) return;
  expectJson(err);
  if (argv[0] !== "completion") expectJson(out);
}

test("whatever is typed: no stack, an exit code from 0 to 3, one line, and with --json nothing but JSON", async () => {
  const property = fc.asyncProperty(fc.constantFrom(...commands), rest, async (command, others) => {
    const argv = [command, ...others];
    expectWell(argv, await belfry(argv, { cwd: project().folder, stdin: "{}" }));
  });
  await fc.assert(property, { numRuns: 300 });
}, 120_000);

test("whatever is completed: candidates or nothing", async () => {
  const property = fc.asyncProperty(fc.constantFrom(...commands), rest, async (command, others) => {
    const { exit, out, err } = await belfry(["complete", "--", command, ...others], { cwd: project().folder });
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
    expect(out).toMatch(/^([^\n]+\n)*$/);
  });
  await fc.assert(property, { numRuns: 200 });
}, 120_000);
