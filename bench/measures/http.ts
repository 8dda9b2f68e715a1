import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Worker } from "node:worker_threads";
import { createBelfry } from "belfry";
import type { Calls } from "../caller.ts";
import { withFile } from "../files.ts";
import type { Row } from "../report.ts";
import { median, spread } from "../stats.ts";
import { noop, prepare } from "../tasks.ts";

/** Triggers a second over HTTP, beside the same route with the same checks that keeps nothing. */
export async function httpTrigger(rounds: number, count: number, connections: number): Promise<Row> {
  const ours: number[] = [];
  const empty: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await requestsPerSecond(count, connections, {}));
    empty.push(await requestsPerSecond(count, connections, emptyTrigger));
  }
  const ratios = ours.map((rate, round) => rate / (empty[round] ?? Number.NaN));
  return {
    measure: `HTTP triggers/s, ${connections} connections (by hand: the same route, keeping nothing)`,
    ours: spread(ours),
    yardstick: spread(empty),
    ratio: `${median(ratios).toFixed(2)}x`,
  };
}

/** What the route calls, with nothing behind it. */
const emptyTrigger = {
  trigger: async () => ({
    record: {
      trackingId: "6237b225b9a84d607cd79044",
      cronJobId: "6237b1f17c2a9625f0b2119e",
      cronJobName: "noop",
      triggeredAt: "2022-03-20T23:00:53.966Z",
      status: "pending",
    },
    isReplay: false,
  }),
};

function requestsPerSecond(count: number, connections: number, replaced: object): Promise<number> {
  return withFile(async (file) => {
    await prepare(file);
    const belfry = createBelfry({ store: `sqlite:${file}`, tasks: [noop], work: false, authorize: () => true });
    Object.assign(belfry, replaced);
    await belfry.start();
    const server = createServer(belfry.listener);
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    const body = JSON.stringify({ payload: { month: "2026-11" }, reason: "bench" });
    const calls = { port, path: "/v1/tasks/noop/runs", body, connections };
    await callFor({ ...calls, count: connections });
    const ms = await callFor({ ...calls, count });
    server.close();
    await belfry.stop();
    return (count / ms) * 1_000;
  });
}

/** The milliseconds that the calls took, made by a thread of their own. */
function callFor(workerData: Calls): Promise<number> {
  return new Promise((resolve, reject) => {
    new Worker(new URL("../caller.ts", import.meta.url), { workerData }).once("message", resolve).once("error", reject);
  });
}
