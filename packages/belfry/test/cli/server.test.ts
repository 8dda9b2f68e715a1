import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../src/clock/system.ts";
import { listen } from "../../src/server/listen.ts";
import { belfry, documentOf } from "./support/cli.ts";
import { useProject } from "./support/project.ts";

const project = useProject();
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function server(): Promise<string> {
  const listening = await listen(project().engine, { host: "127.0.0.1", port: 0, logger: quiet, clock: systemClock });
  onTestFinished(() => listening.close(0));
  return listening.url;
}

test("the commands answer the same from a server as from the store", async () => {
  const url = await server();
  const { store } = project();
  const { trackingId } = await project().engine.task("fails").runAndWait();
  const lines = [
    `status ${trackingId}`,
    `status ${trackingId} --full`,
    `logs ${trackingId}`,
    "runs --task fails",
    "tasks",
    "tasks off",
    "schedules",
    "schedules off --key default",
    "schedules off --firings",
    "next off",
    "next two --from 2026-11-24",
    "run off",
    "run bilOnDemand",
    "run fails --priority 101",
    "status 6237b225b9a84d607cd79044",
    "cancel 6237b225b9a84d607cd79044",
    "keys revoke none",
    "keys list",
    "explain off --at 2026-03-29T02:30 --timezone Europe/Berlin",
    "explain none --at 2026-03-29",
    "audit --task off --from 2020-01-01 --to 2020-01-02",
    "backfill off --from 2020-01-01 --to 2020-01-03 --force --dry-run",
    "backfill off --from 2020-01-01 --to 2020-01-03",
    "backfill list",
    "backfill show 6237b225b9a84d607cd79044",
    "deploys",
    "deploys put-back 99",
    "schedules put off default --cron @daily",
    "schedules put off x --cron @dayly",
    "schedules delete off none",
    "pause none",
    "skip off --count 0",
  ];
  for (const line of lines) {
    const words = [...line.split(" "), "--json"];
    const [here, there] = [await belfry([...words, "--store", store]), await belfry([...words, "--url", url])];
    expect({ line, ...there }).toEqual({ line, ...here });
  }
});

test("a run is asked for, waited for and followed over HTTP", async () => {
  const environment = { BELFRY_URL: await server() };
  const argv = ["run", "billOnDemand", "--payload", '{"month":"2026-11"}', "--wait", "--json"];
  const done = await belfry(argv, { environment });
  expect(done).toMatchObject({ exit: 0, err: "" });
  expect(documentOf(done)).toMatchObject({ status: "completed", payload: { month: "2026-11" } });
  const failed = await belfry(["run", "fails", "--wait", "--logs"], { environment });
  expect(failed.exit).toBe(1);
  expect(failed.out).toContain("no such customer");
});

test("a doctor asks a server whether it is there and ready", async () => {
  const url = await server();
  const { exit, out } = await belfry(["doctor", "--url", url]);
  expect({
    exit,
    checks: out
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(/ {2,}/).slice(0, 2).join(" ")),
  }).toEqual({ exit: 0, checks: ["node ok", "clock ok", "sqlite ok", "server ok", "readiness ok", "schedules ok"] });
  const gone = await belfry(["doctor", "--url", "http://127.0.0.1:1", "--json"]);
  expect(gone).toMatchObject({ exit: 3, err: "" });
  expect(documentOf(gone)).toMatchObject({ ok: false });
});

test("once there is a key, only its secret opens the server", async () => {
  const url = await server();
  const made = documentOf(await belfry(["keys", "create", "--name", "ops", "--scope", "read", "--url", url, "--json"]));
  expect(await belfry(["tasks", "--url", url])).toMatchObject({ exit: 2, out: "" });
  expect(await belfry(["tasks", "--url", url, "--api-key", "wrong"])).toMatchObject({ exit: 2, out: "" });
  const environment = { BELFRY_API_KEY: String(made.secret) };
  expect(await belfry(["tasks", "--url", url], { environment })).toMatchObject({ exit: 0 });
  const refused = await belfry(["run", "fails", "--url", url, "--json"], { environment });
  expect({ exit: refused.exit, ...JSON.parse(refused.err) }).toMatchObject({ exit: 2, code: "E_FORBIDDEN" });
});

test("a command without a key says where to give one", async () => {
  const url = await server();
  const { id } = await project().engine.keys.create({ name: "first", scope: "read" });
  onTestFinished(async () => void (await project().engine.keys.revoke(id)));
  const none = await belfry(["tasks", "--url", url]);
  expect(none).toMatchObject({ exit: 2, out: "" });
  expect(none.err).toMatch(/^belfry: this needs an API key; .*--api-key.*BELFRY_API_KEY[^\n]*\n$/);
});

test("a doctor tells a server that wants a key from one that is not there", async () => {
  const url = await server();
  const { id } = await project().engine.keys.create({ name: "doctor", scope: "read" });
  onTestFinished(async () => void (await project().engine.keys.revoke(id)));
  const closed = await belfry(["doctor", "--url", url, "--json"]);
  expect(closed).toMatchObject({ exit: 1, err: "" });
  const checks = documentOf(closed).checks as { check: string }[];
  expect(checks.find(({ check }) => check === "server")).toEqual({
    check: "server",
    ok: false,
    detail: expect.stringContaining("API key"),
  });
});
