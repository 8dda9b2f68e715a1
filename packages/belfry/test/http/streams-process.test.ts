import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Child } from "../chaos/support/child.ts";
import { serve } from "./support/serve.ts";
import { SseReader } from "./support/sse.ts";

const accept = { accept: "text/event-stream" };
const lines = 30;

/** A process that only serves, and one that works on the same file. */
async function two() {
  const folder = mkdtempSync(join(tmpdir(), "belfry-http-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const talker = new Child("../http/talker", "talker", { folder, lines });
  onTestFinished(() => talker.kill());
  await talker.said("ready");
  return { talker, ...(await serve({ work: false, file: join(folder, "belfry.db") })) };
}

test("lines that another process writes arrive, each once and in order, then the end; a cut client resumes", async () => {
  const { url, engine } = await two();
  const { trackingId } = await engine.task("talk").run();
  const path = `${url}/v1/runs/${trackingId}/logs`;
  const first = new SseReader(await fetch(path, { headers: accept }));
  const cut = new SseReader(await fetch(path, { headers: accept }));
  const events = new SseReader(await fetch(`${url}/v1/events`, { headers: accept }));
  await events.nextOf("changed");
  let last = await cut.next();
  while (Number(last.id) < 5) last = await cut.next();
  await cut.leave();
  const again = new SseReader(await fetch(path, { headers: { ...accept, "last-event-id": last.id ?? "" } }));
  const expected = (from: number) => [
    ...Array.from({ length: lines - from }, (_, index) => `${index + from + 1} line ${index + from + 1}`),
    "end completed",
  ];
  for (const [reader, from] of [
    [first, 0],
    [again, Number(last.id)],
  ] as const) {
    const heard = (await reader.all()).map(({ event, id = event, data }) => {
      const { message, status } = data as { message?: string; status?: string };
      return `${id} ${message ?? status}`;
    });
    expect(heard).toEqual(expected(from));
  }
});
