import { expect, test } from "vitest";
import { makeProgram } from "../../src/cli/program.ts";
import { systemClock } from "../../src/clock/system.ts";
import { belfry } from "./support/cli.ts";

const program = makeProgram({
  ...{
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    environment: {},
    cwd: "/",
    clock: systemClock,
  },
  ...{ isTty: false, exit: () => {}, onSignal: () => () => {} },
});

const visible = program.commands.filter((command) => command.name() !== "complete");
const leaves = visible.flatMap((command) => (command.commands.length > 0 ? [command, ...command.commands] : [command]));
const lineOf = (command: (typeof leaves)[number]) =>
  command.parent === program ? [command.name()] : [command.parent?.name() ?? "", command.name()];

test.each(leaves.map((command) => lineOf(command).join(" ")))(
  "belfry %s --help has examples that it knows",
  async (line) => {
    const { exit, out, err } = await belfry([...line.split(" "), "--help"]);
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
    const examples = out.slice(out.indexOf("Examples:")).trimEnd().split("\n").slice(1);
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const example of examples) {
      const [, command = "", sub = ""] = /belfry (\S+)(?: ([\w-]+))?/.exec(example) ?? [];
      expect([line, `${line.split(" ")[0]}`]).toContain(line.includes(" ") ? `${command} ${sub}` : command);
    }
  },
);

test("the program's help names every command and the exit codes; it is wrong usage only where nothing was asked", async () => {
  const { exit, out } = await belfry(["--help"]);
  for (const command of visible) expect(out).toMatch(new RegExp(`^ {2}${command.name()}\\b`, "m"));
  expect(out).toContain("Exit codes: 0 done");
  expect(out).not.toContain("complete ");
  expect(exit).toBe(0);
  expect(await belfry([])).toEqual({ exit: 2, out: "", err: out });
  expect(await belfry(["--version"])).toMatchObject({ exit: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});
