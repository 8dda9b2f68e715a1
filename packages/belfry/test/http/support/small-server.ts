import type { HttpBindings } from "@hono/node-server";
import { onTestFinished } from "vitest";
import { systemClock } from "../../../src/clock/system.ts";
import { defaultTimeouts, HttpServer, type HttpTimeouts } from "../../../src/server/http-server.ts";
import { requestListener } from "../../../src/server/request-listener.ts";
import { FakeEngine } from "./fake-engine.ts";
import { smallApp } from "./small-app.ts";

/** More than what the kernel takes for a client that does not read. */
export const bigBytes = 64 * 1024 * 1024;

/** The streams, and a few ways to answer, on a server of their own, by the machine's clock. */
export async function smallServer(timeouts: Partial<HttpTimeouts> = {}) {
  const fake = new FakeEngine();
  const { app, hub, said } = smallApp(fake.engine, systemClock);
  const streams = { open: 0 };
  const listen = hub.listen.bind(hub);
  hub.listen = (listener) => {
    const end = listen(listener);
    streams.open += 1;
    return () => {
      streams.open -= 1;
      end();
    };
  };
  const held: (() => void)[] = [];
  const gone: string[] = [];
  app.get("/big", (context) => {
    const { outgoing } = context.env as unknown as HttpBindings;
    outgoing.once("close", () => gone.push(outgoing.writableFinished ? "taken" : "cut"));
    return context.text("b".repeat(bigBytes));
  });
  app.get("/ok", (context) => context.text("ok"));
  app.post("/echo", async (context) => context.text(await context.req.text()));
  app.get("/held", async (context) => {
    await new Promise<void>((resolve) => held.push(resolve));
    return context.text("let go");
  });
  const listener = requestListener(app.fetch, { clock: systemClock, logger: said });
  const server = new HttpServer(listener, { clock: systemClock, timeouts: { ...defaultTimeouts, ...timeouts } });
  const { port } = await server.listen("127.0.0.1", 0);
  onTestFinished(async () => {
    hub.close();
    await server.close(0);
  });
  return { fake, hub, streams, gone, server, port, held, url: `http://127.0.0.1:${port}` };
}
