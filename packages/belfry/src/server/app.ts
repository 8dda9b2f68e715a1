import { OpenAPIHono } from "@hono/zod-openapi";
import { BelfryError } from "../base/errors.ts";
import { harmless } from "../engine/logger.ts";
import type { AppDeps } from "./deps.ts";
import { Endpoints } from "./endpoint.ts";
import { type AppEnv, entrance } from "./entrance.ts";
import { problemResponse, toKnownError } from "./problem.ts";
import { addAccount } from "./routes/account.ts";
import { addAmendments } from "./routes/amendments.ts";
import { addBackfills } from "./routes/backfills.ts";
import { addDefinitions } from "./routes/definitions.ts";
import { addDeploys } from "./routes/deploys.ts";
import { addHealth } from "./routes/health.ts";
import { addKeys } from "./routes/keys.ts";
import { addLogs } from "./routes/logs.ts";
import { addNodes } from "./routes/nodes.ts";
import { addRuns } from "./routes/runs.ts";
import { addSchedules } from "./routes/schedules.ts";
import { addTasks } from "./routes/tasks.ts";
import { addTriggers } from "./routes/triggers.ts";

const nouns = [
  ...[addTriggers, addRuns, addLogs, addTasks, addSchedules, addDefinitions, addAmendments, addBackfills],
  ...[addAccount, addDeploys, addNodes, addKeys, addHealth],
];

/**
 * The HTTP API over an engine, as a Hono app. Tell it as bindings who hands the requests in; without that it takes a
 * host app for it. All that goes wrong is answered as problem+json.
 */
export function createApp(given: AppDeps): OpenAPIHono<AppEnv> {
  const deps = { ...given, logger: harmless(given.logger) };
  const { clock, logger } = deps;
  const app = new OpenAPIHono<AppEnv>();
  app.onError((error) => problemResponse(toKnownError(error, clock, logger)));
  app.notFound(({ req }) => problemResponse(new BelfryError("E_ROUTE", { path: req.path })));
  app.use(async (context, next) => {
    await next();
    // Answers hold what only its reader may know, and change at any time.
    if (!context.res.headers.has("cache-control")) context.res.headers.set("cache-control", "no-store");
    context.res.headers.set("x-content-type-options", "nosniff");
  });
  const endpoints = new Endpoints(app);
  app.use(entrance(deps, endpoints.openPaths));
  for (const add of nouns) add(endpoints, deps);
  endpoints.answerOtherMethods();
  return app;
}
