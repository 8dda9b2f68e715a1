import { describe, expect, test } from "vitest";
import { errorTable } from "../../src/base/errors.ts";
import { belfry } from "./support/cli.ts";
import { useProject } from "./support/project.ts";

const project = useProject();
const oneLine = /^belfry: [^\n]+\n$/;
const unknownRun = "6237b225b9a84d607cd79044";
const nobody = "http://127.0.0.1:1";

/** A command line on the project's store, how it ends, and what it says. */
const refused: [line: string, exit: number, says: string][] = [
  ["rnu x", 2, "unknown command 'rnu' (did you mean run?)"],
  ["keys creat --name x", 2, "unknown command 'creat' (did you mean create?)"],
  ["pause billOnDemand", 2, "unknown command 'pause'"],
  ["run billOnDemand --jsom", 2, "unknown option '--jsom' (did you mean --json?)"],
  ["run bilOnDemand", 2, 'there is no task "bilOnDemand" (did you mean "billOnDemand"?)'],
  ["run", 2, "missing required argument 'task'"],
  ["run billOnDemand too many", 2, "too many arguments"],
  ["run billOnDemand --payload", 2, "argument missing"],
  ["run billOnDemand --payload {x", 2, "--payload is not JSON"],
  ["run billOnDemand --payload-file none.json", 2, "none.json cannot be read"],
  ["run billOnDemand --payload-file .", 2, ". cannot be read"],
  ["run billOnDemand --payload 1 --payload-file x", 2, "exclude each other"],
  ["run billOnDemand --priority high", 2, "--priority"],
  ["run billOnDemand --priority 101", 2, "priority is 101"],
  ["run billOnDemand --delay 10", 2, "delay"],
  ["run billOnDemand --at tomorrow", 2, "--at"],
  ["run billOnDemand --at 2026-02-30", 2, "--at"],
  ["run billOnDemand --at 2026-02-28T12:00", 2, "--at"],
  ["run billOnDemand --logs", 2, "--logs needs --wait"],
  ["run off", 1, "is disabled"],
  ["status", 2, "missing required argument"],
  ["status ABC", 2, "malformed"],
  [`status ${unknownRun}`, 1, "there is no run"],
  [`cancel ${unknownRun}`, 1, "there is no run"],
  [`retry ${unknownRun}`, 1, "there is no run"],
  [`logs ${unknownRun}`, 1, "there is no run"],
  [`logs ${unknownRun} -f`, 1, "there is no run"],
  ["runs --status done", 2, "Allowed choices are pending, processing, completed, errors"],
  ["runs --status done", 2, "completed, errors; `--help`"],
  ["logs 6237b225b9a84d607cd79044 --after -1", 2, '--after is "-1"; expected a whole number from 0'],
  ["runs --limit 0", 2, "limit is 0"],
  ["runs --limit 1.5", 2, "--limit"],
  ["runs --cursor mine", 2, "mine"],
  ["tasks none", 2, "there is no task"],
  ["schedules --firings", 2, "--firings needs a task"],
  ["schedules --key x", 2, "--key needs a task"],
  ["schedules off --from 2026-01-01", 2, "need --firings"],
  ["next", 2, "name a task"],
  ["next off --cron @daily", 2, "exclude each other"],
  ["next off --timezone UTC", 2, "--timezone needs --cron"],
  ["next --cron @daily --timezone Europe/Berlni", 2, "Europe/Berlni"],
  ["next --cron @daily --count 1001", 2, "count is 1001"],
  ["keys create", 2, "--name"],
  ["keys create --name x --scope root", 2, "Allowed choices are read, trigger, admin"],
  ["keys revoke none", 1, "there is no API key"],
  ["completion csh", 2, "Allowed choices are bash, zsh, fish"],
  [`tasks --url ${nobody}`, 2, "--url and --store exclude each other"],
  ["backup", 2, "missing required argument"],
  ["backup belfry.db", 2, "belfry.db"],
  ["restore none.db", 2, "none.db"],
];

/** The words of a line, with the store and these flags after its command. */
function argvOf(line: string, ...flags: string[]): string[] {
  const words = line.split(" ");
  const all = words[0] === "completion" ? flags : [...flags, "--store", project().store];
  return words.toSpliced(words[0] === "keys" ? 2 : 1, 0, ...all);
}

describe("what is refused ends with its code and one line", () => {
  test.each(refused)("belfry %s", async (line, exit, says) => {
    const done = await belfry(argvOf(line), { cwd: project().folder });
    expect(done).toEqual({ exit, out: "", err: expect.stringMatching(oneLine) });
    expect(done.err).toContain(says);
  });

  test.each(refused)("and as JSON: belfry %s", async (line, exit) => {
    const done = await belfry(argvOf(line, "--json"), { cwd: project().folder });
    const { code, message, ...others } = JSON.parse(done.err) as Record<string, string>;
    expect({ out: done.out, exit: done.exit, others }).toEqual({ out: "", exit, others: {} });
    expect(errorTable).toHaveProperty(code ?? "");
    expect(message).toMatch(/^[^\n]+$/);
  });

  test("lines of a log and one document exclude each other", async () => {
    const { exit, err } = await belfry(["run", "billOnDemand", "--wait", "--logs", "--json"]);
    expect({ exit, ...JSON.parse(err) }).toMatchObject({ exit: 2, code: "E_USAGE" });
  });
});
