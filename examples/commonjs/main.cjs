// Belfry in a CommonJS app. The package is made of ES modules and has no top-level await, so Node.js loads it by
// `require` as it does any other.
//
//   npm install belfry
//   node main.cjs

const { createServer } = require("node:http");
const { setTimeout } = require("node:timers/promises");
const { createBelfry, defineTask } = require("belfry");

const rotateLogs = defineTask({
  name: "rotateLogs",
  schedule: "0 0 * * *",
  handler: async (run) => {
    await setTimeout(300, undefined, { signal: run.signal });
    return { rotated: 4 };
  },
});

const token = process.env.ADMIN_TOKEN;
const belfry = createBelfry({
  store: process.env.BELFRY_STORE ?? "sqlite:belfry.db",
  tasks: [rotateLogs],
  authorize: ({ headers }) => token !== undefined && headers.get("authorization") === `Bearer ${token}`,
});

// Node's own server: `listener` is a request listener like any other.
const server = createServer((request, response) => {
  if (request.url?.startsWith("/belfry/")) {
    request.url = request.url.slice("/belfry".length);
    return belfry.listener(request, response);
  }
  belfry
    .task("rotateLogs")
    .run()
    .then(
      (run) => response.writeHead(202, { "content-type": "application/json" }).end(JSON.stringify(run)),
      (error) => response.writeHead(error.status ?? 500).end(error.code),
    );
});

async function main() {
  await belfry.start();
  server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
    console.log(`listening on http://127.0.0.1:${server.address().port}`);
  });
}

process.once("SIGTERM", async () => {
  server.close();
  await belfry.stop();
  server.closeAllConnections();
  console.log("stopped");
});

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
