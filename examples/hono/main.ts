// Belfry inside a Hono app: a route triggers a task, the HTTP API is mounted by its `fetch`, and SIGTERM lets what runs
// end.
//
//   npm install belfry hono @hono/node-server
//   ADMIN_TOKEN=change-me node main.ts
//   curl -X POST http://127.0.0.1:3000/reports

import { setTimeout } from "node:timers/promises";
import { type ServerType, serve } from "@hono/node-server";
import { createBelfry, defineTask } from "belfry";
import { Hono } from "hono";

const writeReport = defineTask({
  name: "writeReport",
  schedule: { cron: "@daily", timezone: "Europe/Berlin" },
  handler: async (run) => {
    await setTimeout(300, undefined, { signal: run.signal });
    return { pages: 12 };
  },
});

const token = process.env.ADMIN_TOKEN;
const belfry = createBelfry({
  store: process.env.BELFRY_STORE ?? "sqlite:belfry.db",
  tasks: [writeReport],
  // Who may use the mounted API is the app's to say; without this, and without an API key, it lets nobody in.
  authorize: ({ headers }) => token !== undefined && headers.get("authorization") === `Bearer ${token}`,
});
await belfry.start();

const app = new Hono();
// Takes the prefix off the URL.
app.mount("/belfry", belfry.fetch);
app.post("/reports", async (context) => context.json(await belfry.task("writeReport").run(), 202));
app.get("/reports/:trackingId", async (context) => {
  const status = await belfry.task("writeReport").getTaskStatus(context.req.param("trackingId"));
  return status ? context.json(status) : context.notFound();
});

const options = { fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: "127.0.0.1" };
const server: ServerType = serve(options, ({ port }) => console.log(`listening on http://127.0.0.1:${port}`));

process.once("SIGTERM", async () => {
  server.close();
  await belfry.stop();
  if ("closeAllConnections" in server) server.closeAllConnections();
  console.log("stopped");
});
