import { expect, test } from "vitest";
import { eventually } from "./support/eventually.ts";
import { RawClient } from "./support/raw-client.ts";
import { smallServer } from "./support/small-server.ts";

const ok = "GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n";

test("garbage is answered with a problem, once, and hung up on", async () => {
  const { port, url } = await smallServer();
  const garbage = [
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "hello\r\n\r\n",
    "GET /ok HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "GET /o k HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /ok HTTP/1.1\r\nHost localhost\r\n\r\n",
    "GET /ok HTTP/1.1\r\nHost: localhost\r\nA\x00B: c\r\n\r\n",
    "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "\0".repeat(100_000),
  ];
  for (const bytes of garbage) {
    const client = await RawClient.open(port);
    client.send(Buffer.from(bytes, "latin1"));
    await client.closed();
    expect([client.statuses, client.problem], bytes.slice(0, 60)).toEqual([
      [400],
      expect.objectContaining({ code: "E_REQUEST", type: "urn:belfry:E_REQUEST" }),
    ]);
    expect(client.received).not.toMatch(/node:|\.ts|\.js| at /);
  }
  expect(await (await fetch(`${url}/ok`)).text()).toBe("ok");
});

test("garbage after a good request on one connection spoils only what comes then", async () => {
  const { port } = await smallServer();
  const client = await RawClient.open(port);
  client.send(ok);
  await client.heard(/ok$/);
  client.send("garbage\r\n\r\n");
  await client.closed();
  expect(client.statuses).toEqual([200, 400]);
});

test("garbage while an answer is on its way is not mixed into it", async () => {
  const { port } = await smallServer();
  const client = await RawClient.open(port);
  client.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await client.heard(/retry/);
  client.send("garbage\r\n\r\n");
  await client.closed();
  expect(client.statuses).toEqual([200]);
});

test("header bombs are refused: one header, many of them, a request line without an end", async () => {
  const { port, url } = await smallServer();
  const bombs = [
    `GET /ok HTTP/1.1\r\nHost: localhost\r\nX-Bomb: ${"b".repeat(1_000_000)}\r\n\r\n`,
    `GET /ok HTTP/1.1\r\nHost: localhost\r\n${"a: b\r\n".repeat(50_000)}\r\n`,
    `GET /${"a".repeat(1_000_000)}`,
  ];
  for (const bomb of bombs) {
    const client = await RawClient.open(port);
    client.send(bomb);
    await client.closed();
    // A client that still sends may be hung up on before it has heard why.
    expect([[], [431]]).toContainEqual(client.statuses);
  }
  const small = await RawClient.open(port);
  small.send(`GET /ok HTTP/1.1\r\nHost: localhost\r\nX-Bomb: ${"b".repeat(17_000)}\r\n\r\n`);
  await small.closed();
  expect([small.statuses, small.problem.code]).toEqual([[431], "E_HEADERS"]);
  expect(await (await fetch(`${url}/ok`)).text()).toBe("ok");
});

test("no header is dropped without a word: one behind 3,000 others is seen", async () => {
  const { port } = await smallServer();
  const client = await RawClient.open(port);
  client.send(
    `POST /echo HTTP/1.1\r\nHost: localhost\r\n${"a:\r\n".repeat(3_000)}Content-Length: 4\r\nConnection: close\r\n\r\nseen`,
  );
  await client.closed();
  expect(client.received).toMatch(/seen$/);
});

test("closing hangs up on silent connections at once, waits for what is under way, and takes nothing new", async () => {
  const { server, port, held, url } = await smallServer();
  const silent = await RawClient.open(port);
  const idle = await RawClient.open(port);
  idle.send(ok);
  await idle.heard(/ok$/);
  const half = await RawClient.open(port);
  half.send("GET /ok HTTP/1.1\r\nHo");
  const busy = await RawClient.open(port);
  busy.send("GET /held HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await eventually(() => held.length === 1);
  let isOver = false;
  const closing = server.close(60_000).then(() => {
    isOver = true;
  });
  for (const client of [silent, idle, half]) await client.closed();
  await expect(fetch(`${url}/ok`)).rejects.toThrow();
  expect([isOver, busy.isClosed]).toEqual([false, false]);
  held[0]?.();
  await closing;
  await busy.closed();
  expect(busy.received).toMatch(/^HTTP\/1\.1 200 .*connection: close\r\n.*let go$/is);
});

test("closing cuts what is not done within the grace", async () => {
  const { server, port, held } = await smallServer();
  const busy = await RawClient.open(port);
  busy.send("GET /held HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await eventually(() => held.length === 1);
  await server.close(20);
  await busy.closed();
  expect(busy.received).toBe("");
  held[0]?.();
});
