import type { OpenAPIHono, RouteConfig } from "@hono/zod-openapi";
import { errorTable } from "../base/errors.ts";
import type { Answer, EndpointSpec } from "./endpoint.ts";
import type { AppEnv } from "./entrance.ts";
import type { Fields } from "./input.ts";
import { problemType, titleOf, toProblem } from "./problem.ts";
import { type SampledCode, samples } from "./samples.ts";
import { putItem, scheduleInput } from "./schemas/definitions.ts";
import { problem } from "./schemas/problem.ts";
import { bulkTrigger } from "./schemas/runs.ts";

const securityScheme = "key";
const jsonType = "application/json";

/** An endpoint as /openapi.json tells it: every status, and under it every code. */
export function describe(spec: Spec): RouteConfig {
  const { operationId, tag, method, path, summary, scope, params, query, headers, body } = spec;
  const answers = Object.entries(spec.answers).map(([status, answer]) => [status, describeAnswer(answer)]);
  const codes = [...new Set([...(spec.problems ?? []), ...commonCodes(spec)])].sort();
  const statuses = [...new Set(codes.map((code) => errorTable[code].status))].sort();
  const problems = statuses.map((status) => [status, describeProblems(codes, status)]);
  return {
    ...{ operationId, tags: [tag], method, path, summary },
    security: scope === "open" ? [] : [{ [securityScheme]: [] }],
    ...(scope === "open" ? {} : { description: `Needs a key of scope \`${scope}\`, once one was made.` }),
    request: {
      ...{ params, query, headers },
      ...(body
        ? { body: { required: isRequired(body.schema), content: { [jsonType]: { schema: body.schema } } } }
        : {}),
    },
    responses: Object.fromEntries([...answers, ...problems]),
  };
}

type Spec = Pick<
  EndpointSpec,
  "operationId" | "tag" | "method" | "path" | "summary" | "scope" | "answers" | "problems"
> & {
  readonly params?: Fields;
  readonly query?: Fields;
  readonly headers?: Fields;
  readonly body?: { readonly schema: Fields };
};

/** What all endpoints of a kind may answer, whatever they are for. */
function commonCodes({ scope, body }: Spec): SampledCode[] {
  if (scope === "open") return [];
  const door: SampledCode[] = ["E_USAGE", "E_KEY_REQUIRED", "E_DOOR", "E_OPTION_UNKNOWN", "E_OPTION"];
  // `read` is the least that a key opens.
  const scopes: SampledCode[] = scope === "read" ? [] : ["E_FORBIDDEN"];
  const parts: SampledCode[] = body ? ["E_BODY", "E_CONTENT_TYPE", "E_TOO_LARGE"] : [];
  const store: SampledCode[] = ["E_NOT_STARTED", "E_STOPPED", "E_STORE_BUSY", "E_STORE_UNAVAILABLE", "E_INTERNAL"];
  return [...door, ...scopes, ...parts, ...store];
}

function describeAnswer({ description, content, headers = {} }: Answer) {
  return {
    description,
    content: Object.fromEntries(Object.entries(content).map(([type, schema]) => [type, { schema }])),
    ...headersOf(headers),
  };
}

function describeProblems(codes: readonly SampledCode[], status: number) {
  const own = codes.filter((code) => errorTable[code].status === status);
  const examples = own.map((code) => [code, { $ref: `#/components/examples/${code}` }]);
  return {
    description: own.map((code) => `\`${code}\``).join(", "),
    content: { [problemType]: { schema: problem, examples: Object.fromEntries(examples) } },
    ...headersOf(problemHeaders[status] ?? {}),
  };
}

const problemHeaders: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { "WWW-Authenticate": "How to send a key." },
  503: { "Retry-After": "In how many seconds to ask again." },
};

function headersOf(headers: Readonly<Record<string, string>>) {
  const described = Object.entries(headers).map(([name, description]) => {
    return [name, { description, schema: { type: "string" as const } }];
  });
  return described.length > 0 ? { headers: Object.fromEntries(described) } : {};
}

function isRequired(schema: Fields): boolean {
  return !schema.safeParse({}).success;
}

/** The description of all that the app serves. */
export function openApiDocument(app: OpenAPIHono<AppEnv>): object {
  const { openAPIRegistry } = app;
  // Only referred to: each of many is judged alone.
  openAPIRegistry.register("BulkTrigger", bulkTrigger);
  openAPIRegistry.register("PutItem", putItem);
  openAPIRegistry.register("ScheduleInput", scheduleInput);
  for (const [code, error] of Object.entries(samples)) {
    openAPIRegistry.registerComponent("examples", code, { summary: titleOf(code), value: toProblem(error) });
  }
  openAPIRegistry.registerComponent("securitySchemes", securityScheme, {
    type: "http",
    scheme: "bearer",
    description:
      "An API key: `belfry keys create`. None is needed on this machine until the first was made; from then on all need one.",
  });
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Belfry",
      version: "1",
      description:
        "Durable scheduled tasks: trigger them, follow their runs, say when they are due, read what was decided and why. Errors are RFC 9457 problems whose `code` is stable.",
    },
    // Relative to where it is read: a host app may have mounted it anywhere.
    servers: [{ url: ".", description: "Where this description came from." }],
  });
}
