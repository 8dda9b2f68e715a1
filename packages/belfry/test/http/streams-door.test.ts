import { expect, onTestFinished, test } from "vitest";
import { heldTask, Job } from "../engine/support/jobs.ts";
import { openApp } from "./support/app.ts";
import { SseReader } from "./support/sse.ts";

/** An app with a run that goes on, and what follows its log and all events. */
async function serve() {
  const job = new Job();
  const app = await openApp({ tasks: [heldTask(job)] });
  onTestFinished(() => job.last.complete());
  const { trackingId } = await app.engine.task("job").run();
  const open = async (headers: Record<string, string>) => {
    const paths = ["/v1/events", `/v1/runs/${trackingId}/logs`];
    const asked = { headers: { ...headers, accept: "text/event-stream" } };
    return Promise.all(paths.map(async (path) => new SseReader(await app.ask(path, asked))));
  };
  return { ...app, open };
}

const over = "who follows may not any more";

test("streams that a key opened end when it is revoked; those of another key go on", async () => {
  const { engine, open } = await serve();
  const [ends, stays] = [await engine.keys.create({ name: "ends" }), await engine.keys.create({ name: "stays" })];
  const cut = await open({ authorization: `Bearer ${ends.secret}` });
  const others = await open({ authorization: `Bearer ${stays.secret}` });
  const reading = others.map((reader) => reader.all());
  await engine.keys.revoke(ends.id);
  await Promise.all(cut.map((reader) => reader.all()));
  expect(cut.map(({ comments }) => comments.at(-1))).toEqual([over, over]);
  expect(others.map(({ hasEnded }) => hasEnded)).toEqual([false, false]);
  await Promise.all(others.map((reader) => reader.leave()));
  await Promise.all(reading);
});

test("streams that needed no key end when the first one is made", async () => {
  const { engine, open } = await serve();
  const readers = await open({});
  await engine.keys.create({ name: "first" });
  await Promise.all(readers.map((reader) => reader.all()));
  expect(readers.map(({ comments }) => comments.at(-1))).toEqual([over, over]);
});
