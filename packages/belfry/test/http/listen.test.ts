import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../src/clock/system.ts";
import { listen } from "../../src/server/listen.ts";
import { heldTask, Job } from "../engine/support/jobs.ts";
import { eventually } from "./support/eventually.ts";
import { RawClient } from "./support/raw-client.ts";
import { serve, startEngine } from "./support/serve.ts";
import { SseReader } from "./support/sse.ts";

const withCode = (code: string) => expect.objectContaining({ code });

test("a server answers where it says, and not any more once it is closed", async () => {
  const { url, listening } = await serve();
  expect(url).toBe(`http://127.0.0.1:${listening.port}`);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  await listening.close(1_000);
  await listening.close(1_000);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});

test("localhost and the loopback address of IPv6 need no key", async () => {
  const hasSix = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
  for (const host of ["localhost", ...(hasSix ? ["::1", "[::1]"] : [])]) {
    const { url } = await serve({ host });
    expect(new URL(url).hostname).toBe(host === "localhost" ? host : "[::1]");
    expect((await fetch(`${url}/v1/tasks`)).status, host).toBe(200);
  }
});

test("an address that others can reach is refused until the store has a key, by whatever name", async () => {
  const { engine, said } = await startEngine();
  const options = { port: 0, logger: said, clock: systemClock };
  for (const host of ["0.0.0.0", "::", "::ffff:0.0.0.0"]) {
    await expect(listen(engine, { ...options, host }), host).rejects.toThrow(withCode("E_DOOR"));
  }
  const { secret } = await engine.keys.create({ name: "test" });
  const { url, close } = await listen(engine, { ...options, host: "0.0.0.0" });
  onTestFinished(() => close(0));
  expect(new URL(url).hostname).toBe("127.0.0.1");
  expect((await fetch(`${url}/v1/tasks`)).status).toBe(401);
  const headers = { authorization: `Bearer ${secret}` };
  expect((await fetch(`${url}/v1/tasks`, { headers })).status).toBe(200);
});

test("a port that is taken and a host that is none are told with the fix, and nothing is left behind", async () => {
  const { engine, said } = await startEngine();
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as { port: number };
  const options = { logger: said, clock: systemClock };
  await expect(listen(engine, { ...options, host: "127.0.0.1", port })).rejects.toThrow(
    expect.objectContaining({
      ...{ code: "E_LISTEN", exitCode: 3, status: 500 },
      message: `the server cannot listen on "127.0.0.1:${port}": another process listens there; stop it, or choose another port`,
    }),
  );
  await engine.keys.create({ name: "test" });
  for (const [host, problem] of [
    ["nowhere.invalid", /host name/],
    ["", /host name/],
    ["203.0.113.7", /no such address/],
  ] as const) {
    const refused = listen(engine, { ...options, host, port: 0 });
    await expect(refused, host).rejects.toThrow(expect.objectContaining({ code: "E_LISTEN" }));
    await expect(refused, host).rejects.toThrow(problem);
  }
  await expect(listen(engine, { ...options, host: "127.0.0.1", port: 70_000 })).rejects.toThrow(withCode("E_LISTEN"));
});

test("closing lets a request under way end, and ends event streams with a word", async () => {
  const job = new Job();
  const { url, engine, listening } = await serve({ tasks: [heldTask(job)] });
  const { trackingId } = await engine.task("job").run();
  await eventually(() => job.attempts.length === 1);
  const accept = { accept: "text/event-stream" };
  const streams = [`${url}/v1/events`, `${url}/v1/runs/${trackingId}/logs`].map(
    async (path) => new SseReader(await fetch(path, { headers: accept })),
  );
  const readers = await Promise.all(streams);
  for (const reader of readers) await reader.read();
  await listening.close(10_000);
  await Promise.all(readers.map((reader) => reader.all()));
  expect(readers.map(({ comments }) => comments.at(-1))).toEqual(["the server stops", "the server stops"]);
  job.last.complete();
});

test("targets and hosts that make no address are refused as problems", async () => {
  const { listening } = await serve();
  const line = (target: string, host = "Host: localhost\r\n") =>
    `GET ${target} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`;
  const requests = [
    line("*"),
    line("/v1/tasks", ""),
    line("/v1/tasks", "Host:\r\n"),
    line("/v1/tasks", "Host: a b\r\n"),
    line("/v1/tasks", "Host: [::1\r\n"),
    line("http://"),
    line("/v1\\tasks"),
    line("/v1/tasks/%zz"),
    line("/v1/tasks/%00"),
    line("//evil/v1/tasks"),
  ];
  for (const request of requests) {
    const client = await RawClient.open(listening.port);
    client.send(request);
    await client.closed();
    const [status = 0] = client.statuses;
    expect(status, request).toBeGreaterThanOrEqual(400);
    expect(status, request).toBeLessThan(500);
    expect(client.problem.code, request).toMatch(/^E_[A-Z_]+$/);
  }
});

test("health needs no Host, as the checks of proxies in HTTP/1.0 send none; all else does", async () => {
  const { listening } = await serve();
  const statusOf = async (request: string) => {
    const client = await RawClient.open(listening.port);
    client.send(request);
    await client.closed();
    return client.statuses[0];
  };
  for (const path of ["/healthz", "/readyz"]) {
    expect(await statusOf(`GET ${path} HTTP/1.0\r\n\r\n`)).toBe(200);
    expect(await statusOf(`GET ${path} HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n`)).toBe(200);
  }
  expect(await statusOf("GET /v1/tasks HTTP/1.0\r\n\r\n")).toBe(403);
});

test("a server can be closed while its engine goes on, and another opened", async () => {
  const { engine, said, listening } = await serve();
  await listening.close(0);
  const again = await listen(engine, { host: "127.0.0.1", port: 0, logger: said, clock: systemClock });
  onTestFinished(() => again.close(0));
  expect((await fetch(`${again.url}/readyz`)).status).toBe(200);
});

test("the metrics tell of runs and of this server alone", async () => {
  const job = new Job();
  const { url, engine, listening, said } = await serve({ tasks: [heldTask(job)] });
  const second = await listen(engine, { host: "127.0.0.1", port: 0, logger: said, clock: systemClock });
  onTestFinished(() => second.close(0));
  await engine.task("job").run();
  await eventually(() => job.attempts.length === 1);
  job.last.fail(new Error("no"));
  await eventually(async () => (await metricsOf(url)).includes("belfry_runs_failed_total"));
  for (const text of [await metricsOf(url), await metricsOf(second.url)]) {
    expect(text).toContain('belfry_runs_started_total{task="job"} 1');
    expect(text).toContain('belfry_runs_failed_total{task="job",code="E_HANDLER"} 1');
    expect(text).toMatch(/^belfry_nodes 1$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  }
  await listening.close(0);
  expect(await metricsOf(second.url)).toMatch(/^belfry_nodes 1$/m);
});

async function metricsOf(url: string): Promise<string> {
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get("content-type")).toMatch(/^text\/plain/);
  return response.text();
}
