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
  ["puase billOnDemand", 2, "unknown command 'puase' (did you mean pause?)"],
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
  ["next off --dst-gap skip", 2, "--dst-gap needs --cron"],
  ["next --cron @hourly --dst-gap skip", 2, "dst"],
  ["schedules put", 2, "name the task"],
  ["schedules put off x", 2, "one of --cron, --every and --at"],
  ["schedules put off x --cron @daily --every 1h", 2, "one of --cron, --every and --at"],
  ["schedules put off x --cron @dayly", 2, "@dayly"],
  ["schedules put off x --every 1", 2, "every is"],
  ["schedules put off x --at 2026-12-24 --spread 1h", 2, "spread"],
  ["schedules put off x --cron @daily --exclude none.json", 2, "none.json cannot be read"],
  ["schedules put off x --cron @daily --pause-on-failure 0", 2, "pauseOnFailure is 0"],
  ["schedules put none x --cron @daily", 2, "there is no task"],
  ["schedules put off default --cron @daily", 1, "defined by the code"],
  ["schedules put off --file x", 2, "exclude each other"],
  ["schedules put --file x --cron @daily", 2, "(cron is given)"],
  ["schedules delete off", 2, "missing required argument 'key'"],
  ["schedules delete off none", 2, "has no schedule"],
  ["schedules delete off default", 1, "defined by the code"],
  ["pause", 2, "missing required argument 'task'"],
  ["pause none", 2, "there is no task"],
  ["pause off --schedule none", 2, "has no schedule"],
  ["pause off --until tomorrow", 2, "--until"],
  ["skip off --count 0", 2, "count is 0"],
  ["skip off --count 1 --until 2026-12-01", 2, "exclude each other"],
  ["resume none", 2, "there is no task"],
  ["explain off", 2, "--at"],
  ["explain off --at tomorrow", 2, "--at is"],
  ["explain off --at 2026-03-29T02:30Z --timezone UTC", 2, "beside --timezone"],
  ["explain off --at 2026-03-29T02:30 --timezone Europe/Berlni", 2, "Europe/Berlni"],
  ["explain none --at 2026-03-29", 2, "there is no task"],
  ["explain off --at 2026-03-29 --schedule none", 2, "has no schedule"],
  ["audit --task none", 2, "there is no task"],
  ["audit --from x", 2, "--from"],
  ["forecast --hours 0", 2, "hours is 0"],
  ["backfill", 2, "--from"],
  ["backfill off --from 2026-01-01", 2, "--to"],
  ["backfill off --from 2026-01-02 --to 2026-01-01", 2, "from"],
  ["backfill off --from 2026-01-01 --to 2026-01-02 --dry-run --wait", 2, "exclude each other"],
  ["backfill show 6237b225b9a84d607cd79044", 1, "there is no backfill"],
  ["backfill pause 6237b225b9a84d607cd79044", 1, "there is no backfill"],
  ["deploys put-back x", 2, 'number is "x"'],
  ["deploys put-back 99", 1, "has no deploy 99"],
  ["keys create", 2, "--name"],
  ["keys create --name x --scope root", 2, "Allowed choices are read, trigger, admin"],
  ["keys revoke none", 1, "there is no API key"],
  ["completion csh", 2, "Allowed choices are bash, zsh, fish"],
  [`tasks --url ${nobody}`, 2, "--url and --store exclude each other"],
  ["backup", 2, "missing required argument"],
  ["backup belfry.db", 2, "belfry.db"],
  ["restore none.db", 2, "none.db"],
];

const twoWords =
  /^(?:keys \S+|schedules (?:list|put|delete)|backfill (?:list|show|pause|resume|cancel)|deploys (?:list|put-back))\b/;

/** The words of a line, with the store and these flags after its command. */
function argvOf(line: string, ...flags: string[]): string[] {
  const words = line.split(" ");
  const all = words[0] === "completion" ? flags : [...flags, "--store", project().store];
  return words.toSpliced(twoWords.test(line) ? 2 : 1, 0, ...all);
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
