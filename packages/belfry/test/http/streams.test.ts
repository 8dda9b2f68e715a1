import { expect, onTestFinished, test } from "vitest";
import { heldTask, Job } from "../engine/support/jobs.ts";
import { World } from "../engine/support/world.ts";
import { smallApp } from "./support/small-app.ts";
import { SseReader } from "./support/sse.ts";

/** A node with a task whose handler waits, its streams, and a run of it. */
async function serve() {
  const world = new World();
  const job = new Job();
  const node = await world.start({ tasks: [heldTask(job)] });
  const served = smallApp(node.belfry, node.clock);
  onTestFinished(() => served.hub.close());
  const trigger = async () => (await world.time.during(node.belfry.task("job").run())).trackingId;
  /** Reads on while time passes. */
  const during = <T>(promise: Promise<T>) => world.time.during(promise);
  const open = async (path: string, headers: Record<string, string> = {}) => {
    const response = await during(Promise.resolve(served.app.request(path, { headers })));
    return new SseReader(response);
  };
  return { world, job, node, trigger, during, open, ...served };
}

const line = (id: number, message: string) => ({
  event: "line",
  id: String(id),
  data: expect.objectContaining({ message, level: "info", attempt: 1 }),
});

test("a run's lines come as they are kept, then the seed's record, and the stream ends", async () => {
  const { job, trigger, during, open, node } = await serve();
  const id = await trigger();
  job.last.run.log("one", { a: 1 });
  const reader = await open(`/logs/${id}`);
  expect(await during(reader.next())).toEqual(line(1, "one"));
  job.last.run.log("two\nlines");
  job.last.run.log("three");
  expect(await during(reader.next())).toEqual(line(2, "two\nlines"));
  expect(await during(reader.next())).toEqual(line(3, "three"));
  job.last.complete();
  const end = await during(reader.next());
  expect(end).toEqual({ event: "end", data: await during(node.belfry.task("job").getTaskStatus(id)) });
  await during(reader.all());
  expect(reader.heard).toHaveLength(4);
});

test("a run that has ended is read from where the client was, and ends again", async () => {
  const { job, trigger, during, open, world } = await serve();
  const id = await trigger();
  for (let n = 1; n <= 250; n++) job.last.run.log(`line ${n}`);
  job.last.fail(new Error("boom"));
  await world.time.advance(1_000);
  const all = await during((await open(`/logs/${id}`)).all());
  expect(all.map(({ id: n }) => n)).toEqual([...Array.from({ length: 250 }, (_, n) => String(n + 1)), undefined]);
  expect(all.at(-1)).toMatchObject({ event: "end", data: { status: "errors", errors: [{ message: "boom" }] } });
  const rest = await during((await open(`/logs/${id}?after=3`, { "last-event-id": "248" })).all());
  expect(rest.map(({ event, id: n }) => n ?? event)).toEqual(["249", "250", "end"]);
  const none = await during((await open(`/logs/${id}?after=250`)).all());
  expect(none.map(({ event }) => event)).toEqual(["end"]);
});

test("what is wrong with the request is said before a stream begins", async () => {
  const { app, during, trigger } = await serve();
  const id = await trigger();
  const codeOf = async (path: string) => {
    const response = await during(Promise.resolve(app.request(path)));
    return [response.status, ((await response.json()) as { code: string }).code];
  };
  expect(await codeOf(`/logs/${"0".repeat(24)}`)).toEqual([404, "E_RUN_UNKNOWN"]);
  expect(await codeOf("/logs/abc")).toEqual([400, "E_TRACKING_ID"]);
  expect(await codeOf(`/logs/${id}?after=-1`)).toEqual([400, "E_CURSOR"]);
  expect(await codeOf("/events?after=5")).toEqual([400, "E_CURSOR"]);
});

test("heartbeats keep a silent stream open; nothing is left when the client goes", async () => {
  const { trigger, during, open, world, node, job } = await serve();
  const before = world.time.pending(node.clock);
  const reader = await open("/events");
  const logs = await open(`/logs/${await trigger()}`);
  const beats = async ({ comments, read }: SseReader, of: SseReader) => {
    while (comments.length < 2) await during(read.call(of));
  };
  await beats(reader, reader);
  await beats(logs, logs);
  expect([...reader.comments, ...logs.comments]).toEqual(Array(4).fill("still here"));
  await reader.leave();
  await logs.leave();
  job.last.complete();
  await world.time.advance(5_000);
  expect(world.time.pending(node.clock)).toBe(before);
});

test("a hub that closes ends every stream with a word", async () => {
  const { trigger, during, open, hub } = await serve();
  const readers = [await open("/events"), await open(`/logs/${await trigger()}`)];
  const all = Promise.all(readers.map((reader) => reader.all()));
  await during(new Promise<void>((done) => setImmediate(done)));
  hub.close();
  await during(all);
  expect(readers.map(({ comments }) => comments.at(-1))).toEqual(["the server stops", "the server stops"]);
});

test("events come by name, of one task where that is asked, and are resumed", async () => {
  const { job, trigger, during, open } = await serve();
  const [all, other] = [await open("/events"), await open("/events?task=other")];
  const reading = during(all.next().then(async (first) => [first, await all.next()]));
  void other.all();
  const id = await trigger();
  job.last.complete();
  const [started, completed] = await reading;
  expect(started).toMatchObject({ event: "run.started", data: { trackingId: id, task: "job", attempt: 1 } });
  expect(completed).toMatchObject({ event: "run.completed", data: { trackingId: id, at: expect.any(String) } });
  const resumed = await open("/events", { "last-event-id": started?.id ?? "" });
  expect(await during(resumed.next())).toEqual(completed);
  const elsewhere = await open("/events?after=0badcafe-7&task=job");
  const kept = [await during(elsewhere.next()), await during(elsewhere.next()), await during(elsewhere.next())];
  expect(kept).toEqual([{ event: "changed", data: {} }, started, completed]);
  expect(other.heard).toEqual([]);
});

test("another node's writes are told as a change, and its lines arrive", async () => {
  const world = new World();
  const job = new Job();
  const worker = await world.start({ tasks: [heldTask(job)] });
  const reading = await world.start({ work: false });
  const { app, hub } = smallApp(reading.belfry, reading.clock);
  onTestFinished(() => hub.close());
  const { trackingId } = await world.time.during(worker.belfry.task("job").run());
  const events = new SseReader(await app.request("/events"));
  const logs = new SseReader(await world.time.during(Promise.resolve(app.request(`/logs/${trackingId}`))));
  const changed = events.nextOf("changed");
  const first = logs.next();
  job.last.run.log("from there");
  expect(await world.time.during(first)).toEqual(line(1, "from there"));
  expect(await world.time.during(changed)).toEqual({ event: "changed", data: {} });
  const end = logs.nextOf("end");
  job.last.complete();
  expect(await world.time.during(end)).toMatchObject({ data: { status: "completed" } });
});
