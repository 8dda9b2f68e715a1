import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { belfry, documentOf } from "./support/cli.ts";
import { useProject } from "./support/project.ts";

const project = useProject();
const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const id = expect.stringMatching(/^[0-9a-f]{24}$/);
const soon = { timeout: 20_000, interval: 20 };
const on = (...argv: string[]) => [...argv, "--store", project().store];
const payloadOf = async (trackingId: unknown) => (await project().engine.runs.get(String(trackingId)))?.payload;

test("a run is asked for, and the answer has the seed's five fields in their order", async () => {
  const done = await belfry(on("run", "billOnDemand", "--json"));
  expect(done).toMatchObject({ exit: 0, err: "" });
  expect(Object.entries(documentOf(done))).toEqual([
    ["trackingId", id],
    ["cronJobId", id],
    ["cronJobName", "billOnDemand"],
    ["triggeredAt", iso],
    ["status", "pending"],
  ]);
});

test("people read the same, a field a line", async () => {
  const { out, exit } = await belfry(on("run", "billOnDemand"));
  expect(exit).toBe(0);
  expect(out.split("\n").map((line) => line.split(/ +/)[0])).toEqual([
    ..."trackingId cronJobId cronJobName triggeredAt status".split(" "),
    "",
  ]);
});

test("--wait answers the full record of a run that went well", async () => {
  const done = await belfry(on("run", "billOnDemand", "--wait", "--json", "--reason", "a test", "--priority", "-7"));
  expect(done).toMatchObject({ exit: 0, err: "" });
  expect(documentOf(done)).toMatchObject({
    status: "completed",
    result: { billed: 3 },
    reason: "a test",
    priority: -7,
    outcome: "completed",
  });
});

test("--wait ends with 1 when the run failed, and says why", async () => {
  const human = await belfry(on("run", "fails", "--wait"));
  expect(human.exit).toBe(1);
  expect(human.out).toContain("E_HANDLER  TypeError  no such customer");
  const json = await belfry(on("run", "fails", "--wait", "--json"));
  expect(json).toMatchObject({ exit: 1, err: "" });
  expect(documentOf(json)).toMatchObject({ status: "errors", errors: [{ code: "E_HANDLER" }] });
});

test("--logs shows the run's lines, each on one, with nothing in them that a terminal obeys", async () => {
  const { out, exit } = await belfry(on("run", "billOnDemand", "--payload", '"2026-11"', "--wait", "--logs"));
  expect(exit).toBe(0);
  expect(out).toMatch(/Z info {2}billing \{"month":"2026-11"\}\n/);
  expect(out).toMatch(/Z warn {2}red \\u001b\[31m and\\u000aanother line\n/);
});

test("a payload comes as an argument, from a file or from stdin", async () => {
  const file = join(project().folder, "payload.json");
  writeFileSync(file, '{ "month": "2026-10" }\n');
  const ways = [
    { argv: ["--payload", '{"month":"2026-10"}'] },
    { argv: ["--payload-file", file] },
    { argv: ["--payload-file", "payload.json"], cwd: project().folder },
    { argv: ["--payload", "-"], stdin: '{"month":\n"2026-10"}' },
    { argv: ["--payload-file", "-"], stdin: '{"month":"2026-10"}' },
  ];
  for (const { argv, ...around } of ways) {
    const done = await belfry(on("run", "billOnDemand", "--json", ...argv), around);
    expect(await payloadOf(documentOf(done).trackingId)).toEqual({ month: "2026-10" });
  }
});

test("null is a payload, and none is none", async () => {
  const [given, absent] = [
    documentOf(await belfry(on("run", "billOnDemand", "--json", "--payload", "null"))),
    documentOf(await belfry(on("run", "billOnDemand", "--json"))),
  ];
  expect([await payloadOf(given.trackingId), await payloadOf(absent.trackingId)]).toEqual([null, undefined]);
});

test("--delay and --at put it off, and the same idempotency key answers the same run", async () => {
  const late = on("run", "fails", "--delay", "10m", "--json");
  const { trackingId } = documentOf(await belfry([...late, "--idempotency-key", "k1"]));
  expect(documentOf(await belfry([...late, "--idempotency-key", "k1"])).trackingId).toBe(trackingId);
  expect(await belfry(on("run", "fails", "--idempotency-key", "k1"))).toMatchObject({ exit: 2 });
  const at = documentOf(await belfry(on("run", "fails", "--at", "2099-01-01T12:00+01:00", "--json")));
  for (const waiting of [trackingId, at.trackingId]) {
    expect(documentOf(await belfry(on("status", String(waiting), "--json"))).status).toBe("pending");
  }
});

test("on a terminal the progress stands on one line while a wait lasts", async () => {
  const { engine, gate } = project();
  const watched = belfry(on("run", "waits", "--wait"), { isTty: true });
  await expect.poll(async () => (await engine.runs.list({ task: "waits" })).items[0]?.progress?.value, soon).toBe(0.25);
  const waiting = (await engine.runs.list({ task: "waits" })).items[0];
  const joined = belfry(on("logs", waiting?.trackingId ?? "", "-f", "--json"));
  await expect.poll(async () => (await engine.runs.logs(waiting?.trackingId ?? "")).items.length, soon).toBe(1);
  gate.open();
  const { out, exit } = await watched;
  expect(exit).toBe(0);
  const frames = out.split("\r\u001b[2K");
  expect(frames.every((frame) => frame.length < 80 || frame === frames[0] || frame === frames.at(-1))).toBe(true);
  expect(frames.at(-1)).toContain("completed");
  const lines = (await joined).out.trimEnd().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(["waiting"]);
});

/** Runs a command line, and interrupts it once the run that it asked for is there. */
async function interrupted(reason: string, ...argv: string[]) {
  let interrupt = () => {};
  const listening = (send: () => void) => {
    interrupt = send;
  };
  const waiting = on("run", "fails", "--delay", "1h", "--reason", reason, "--wait", ...argv);
  const done = belfry(waiting, { onListening: listening });
  const isThere = async () => (await project().engine.runs.list({ task: "fails" })).items[0]?.reason === reason;
  await expect.poll(isThere, soon).toBe(true);
  interrupt();
  return await done;
}

test("an interrupted wait ends with 130 and says that the run goes on", async () => {
  const { exit, err, out } = await interrupted("first");
  const { trackingId } = /trackingId +(?<trackingId>\w+)/.exec(out)?.groups ?? {};
  expect(exit).toBe(130);
  expect(err).toBe(`belfry: the run goes on; \`belfry status ${trackingId}\` tells of it\n`);
});

test("an interrupted wait with --json still answers what was asked for", async () => {
  const done = await interrupted("second", "--json");
  expect(done).toMatchObject({ exit: 130, err: "" });
  expect(documentOf(done)).toMatchObject({ trackingId: id, status: "pending" });
});
