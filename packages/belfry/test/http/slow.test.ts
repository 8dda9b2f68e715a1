import { expect, test, vi } from "vitest";
import { limits } from "../../src/base/limits.ts";
import { Outlet } from "../../src/server/stream-outlet.ts";
import { Said } from "../engine/support/ears.ts";
import { TestClock, Time } from "../engine/support/time.ts";
import { eventually } from "./support/eventually.ts";
import { RawClient } from "./support/raw-client.ts";
import { bigBytes, smallServer } from "./support/small-server.ts";
import { SseReader } from "./support/sse.ts";

const bytes = (length: number) => new Uint8Array(length).fill(58);
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

function makeOutlet() {
  const time = new Time("2026-01-05T12:00:00.000Z");
  const clock = new TestClock(time);
  const drop = vi.fn();
  const outlet = new Outlet({ clock, logger: new Said(), drop });
  const ended = vi.fn();
  outlet.onOver(ended);
  const reader = outlet.body(() => {}).getReader();
  return { outlet, reader, drop, ended, time, clock };
}

test("a client that leaves too many bytes or events untaken is cut", async () => {
  for (const [size, count] of [
    [1_024, limits.streamQueueBytesMax / 1_024],
    [1, limits.streamQueueEventsMax],
  ] as const) {
    const { outlet, reader, drop, ended, time, clock } = makeOutlet();
    await reader.read();
    for (let sent = 0; sent < count; sent++) outlet.send(bytes(size));
    // What comes at once, however much, comes to all.
    outlet.send(bytes(2 * limits.streamQueueBytesMax), 2 * limits.streamQueueEventsMax);
    expect([outlet.isOver, drop.mock.calls.length]).toEqual([false, 0]);
    outlet.send(bytes(size));
    expect([outlet.isOver, drop.mock.calls.length, ended.mock.calls.length]).toEqual([true, 1, 1]);
    expect(await reader.read()).toEqual({ done: true, value: undefined });
    expect(time.pending(clock)).toBe(0);
  }
});

test("one that takes what comes is not, however much that is", async () => {
  const { outlet, reader, drop } = makeOutlet();
  await reader.read();
  for (let round = 0; round < 20; round++) {
    for (let sent = 0; sent < 100; sent++) outlet.send(bytes(1_000));
    expect((await reader.read()).value?.length).toBe(100_000);
  }
  outlet.lead(bytes(2 * limits.streamQueueBytesMax));
  expect((await reader.read()).value?.length).toBe(2 * limits.streamQueueBytesMax);
  expect([outlet.isOver, drop.mock.calls.length]).toEqual([false, 0]);
  await reader.cancel();
});

test("one that takes nothing from one heartbeat to the next is cut, one that does is not", async () => {
  const { outlet, reader, drop, time } = makeOutlet();
  await reader.read();
  outlet.lead(bytes(1));
  await time.advance(15_000);
  await reader.read();
  await time.advance(15_000);
  expect(outlet.isOver).toBe(false);
  await time.advance(30_000);
  expect([outlet.isOver, drop.mock.calls.length]).toEqual([true, 1]);
});

test("a feed that fails ends its stream with the code, and no more", async () => {
  const said = new Said();
  const outlet = new Outlet({ clock: new TestClock(new Time("2026-01-05T12:00:00Z")), logger: said, drop: () => {} });
  const body = outlet.body(() => Promise.reject(new Error("secret")));
  expect(await new Response(body).text()).toBe("retry: 2000\n\n: E_INTERNAL\n\n");
  expect(said.errors).toEqual(["error belfry: a stream ended: Error: secret"]);
});

test("over a socket, a reader that stops reading is hung up on; one beside it gets everything", async () => {
  const { fake, streams, port, url } = await smallServer();
  const slow = await RawClient.open(port);
  slow.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await slow.heard(/retry/);
  expect(fake.looking).toBe(1);
  slow.socket.pause();
  const quick = new SseReader(await fetch(`${url}/events`));
  await quick.read();
  const task = "x".repeat(10_000);
  expect(streams.open).toBe(2);
  let sent = 0;
  while (streams.open === 2 && sent < 20_000) {
    fake.complete(10, task);
    sent += 10;
    const wanted = sent;
    while (quick.heard.length < wanted) await quick.read();
    await nextTurn();
  }
  expect(streams.open).toBe(1);
  slow.socket.resume();
  await slow.closed();
  fake.complete(1, "last");
  expect(await quick.nextOf("run.completed")).toBeDefined();
  while (quick.heard.length < sent + 1) await quick.read();
  expect(quick.heard.at(-1)).toMatchObject({ data: { task: "last" } });
});

test("over a socket, headers and bodies that come in drops are cut off with a problem", async () => {
  const { port, url } = await smallServer({ headersTimeoutMs: 250, requestTimeoutMs: 500 });
  const heads = "POST /echo HTTP/1.1\r\nHost: localhost\r\n";
  const starts = [
    "",
    "G",
    heads,
    `${heads}Content-Length: 100\r\n\r\n`,
    `${heads}Transfer-Encoding: chunked\r\n\r\n5\r\nab`,
  ];
  const clients = await Promise.all(starts.map(() => RawClient.open(port)));
  for (const [index, client] of clients.entries()) if (starts[index]) client.send(starts[index]);
  for (const client of clients) {
    await client.closed();
    expect([client.statuses, client.problem.code]).toEqual([[408], "E_SLOW"]);
  }
  expect(await (await fetch(`${url}/ok`)).text()).toBe("ok");
});

test("over a socket, a reader of an answer that takes nothing is hung up on, one that takes it is not", async () => {
  const { port, url, gone, held } = await smallServer({ takeTimeoutMs: 1_000 });
  const stuck = await RawClient.open(port);
  stuck.send("GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await stuck.heard(/b/);
  stuck.socket.pause();
  const waiting = fetch(`${url}/held`);
  await eventually(() => gone.length === 1);
  expect(gone).toEqual(["cut"]);
  expect((await (await fetch(`${url}/big`)).text()).length).toBe(bigBytes);
  await eventually(() => gone.length === 2);
  expect(gone).toEqual(["cut", "taken"]);
  // Nothing is written to this one yet: it is the server that takes its time.
  held[0]?.();
  expect(await (await waiting).text()).toBe("let go");
});
