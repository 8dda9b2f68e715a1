// Belfry inside an Express app: a route triggers a task, another tells how it goes, the HTTP API is mounted beside
// them, and SIGTERM lets what runs end.
//
//   npm install belfry express
//   ADMIN_TOKEN=change-me node main.ts
//   curl -X POST http://127.0.0.1:3000/orders/17/invoice

import type { AddressInfo } from "node:net";
import { createBelfry } from "belfry";
import express from "express";
import { sendInvoice } from "./tasks.ts";

const token = process.env.ADMIN_TOKEN;
const belfry = createBelfry({
  store: process.env.BELFRY_STORE ?? "sqlite:belfry.db",
  tasks: [sendInvoice],
  // Who may use the mounted API is the app's to say; without this, and without an API key, it lets nobody in.
  authorize: ({ headers }) => token !== undefined && headers.get("authorization") === `Bearer ${token}`,
});
await belfry.start();

const app = express();
// Before any body parser: the API reads its bodies itself. Express takes the prefix off the URL.
app.use("/belfry", belfry.listener);

app.post("/orders/:id/invoice", async (request, response) => {
  // Express 5 passes what rejects on to its error handler. Once this resolves, the run survives a crash.
  const run = await belfry.task("sendInvoice").run({ payload: { order: request.params.id } });
  response.status(202).json(run);
});
app.get("/invoices/:trackingId", async (request, response) => {
  const status = await belfry.task("sendInvoice").getTaskStatus(request.params.trackingId);
  response.status(status ? 200 : 404).json(status);
});

const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

// Belfry installs no signal handlers: when to stop is the app's to say, too.
process.once("SIGTERM", async () => {
  server.close();
  await belfry.stop();
  server.closeAllConnections();
  console.log("stopped");
});
