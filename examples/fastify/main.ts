// Belfry inside a Fastify app: a route triggers a task, the HTTP API is mounted in a scope of its own, and SIGTERM lets
// what runs end.
//
//   npm install belfry fastify
//   ADMIN_TOKEN=change-me node main.ts
//   curl -X POST http://127.0.0.1:3000/thumbnails

import { setTimeout } from "node:timers/promises";
import { createBelfry, defineTask } from "belfry";
import fastify from "fastify";

const makeThumbnails = defineTask({
  name: "makeThumbnails",
  handler: async (run) => {
    for (const [index, size] of [64, 128, 256].entries()) {
      await setTimeout(100, undefined, { signal: run.signal });
      run.progress((index + 1) / 3, `${size} px`);
    }
  },
});

const token = process.env.ADMIN_TOKEN;
const belfry = createBelfry({
  store: process.env.BELFRY_STORE ?? "sqlite:belfry.db",
  tasks: [makeThumbnails],
  // Who may use the mounted API is the app's to say; without this, and without an API key, it lets nobody in.
  authorize: ({ headers }) => token !== undefined && headers.get("authorization") === `Bearer ${token}`,
});

const app = fastify();
app.addHook("onReady", () => belfry.start());
// Before Fastify waits for its connections: `stop()` waits for handlers and ends the API's event streams.
app.addHook("preClose", () => belfry.stop());

app.post("/thumbnails", async (_request, reply) => {
  const run = await belfry.task("makeThumbnails").run();
  return reply.code(202).send(run);
});

const prefix = "/belfry";
await app.register(
  async (scope) => {
    // The API reads its bodies itself, whatever their content type.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    scope.all("/*", (request, reply) => {
      reply.hijack();
      request.raw.url = request.raw.url?.slice(prefix.length);
      belfry.listener(request.raw, reply.raw);
    });
  },
  { prefix },
);

console.log(`listening on ${await app.listen({ port: Number(process.env.PORT ?? 3000), host: "127.0.0.1" })}`);

process.once("SIGTERM", async () => {
  await app.close();
  console.log("stopped");
});
