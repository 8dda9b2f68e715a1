import { type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { BelfryError } from "../base/errors.ts";
import type { KeyScope } from "../store/keys.ts";
import { readJsonBody } from "./body.ts";
import { checkScope } from "./door.ts";
import type { AppEnv } from "./entrance.ts";
import { type Fields, parseFields, readQuery } from "./input.ts";
import { describe } from "./openapi.ts";
import { problemResponse } from "./problem.ts";
import type { SampledCode } from "./samples.ts";

/** One way of answering well. */
export interface Answer {
  readonly description: string;
  /** By content type. */
  readonly content: Readonly<Record<string, z.ZodType>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer in JSON. */
export function json(description: string, schema: z.ZodType, headers?: Answer["headers"]): Answer {
  return { description, content: { "application/json": schema }, headers };
}

type None = z.ZodObject<Record<never, never>>;

/** What an endpoint takes, answers and is for: what requests are checked by, and what /openapi.json says. */
export interface EndpointSpec<
  Params extends Fields = None,
  Query extends Fields = None,
  Headers extends Fields = None,
  Body extends Fields = None,
> {
  readonly operationId: string;
  readonly tag: string;
  readonly method: "get" | "post" | "put" | "delete";
  /** With its parameters in braces. */
  readonly path: string;
  readonly summary: string;
  /** How far a key must reach. `open`: nobody needs one, for any method; it says nothing about tasks, and takes any query. */
  readonly scope: KeyScope | "open";
  readonly params?: Params;
  readonly query?: Query;
  readonly headers?: Headers;
  readonly body?: { readonly schema: Body; readonly bytesMax: number };
  readonly answers: Readonly<Record<number, Answer>>;
  /** The codes of the table that are this endpoint's own; those of its door, parts and store are added. */
  readonly problems?: readonly SampledCode[];
}

interface Input<Params extends Fields, Query extends Fields, Headers extends Fields, Body extends Fields> {
  readonly params: z.output<Params>;
  readonly query: z.output<Query>;
  readonly headers: z.output<Headers>;
  readonly body: z.output<Body>;
  readonly context: Context<AppEnv>;
}

/** Gathers the endpoints of an app. */
export class Endpoints {
  readonly app: OpenAPIHono<AppEnv>;
  /** Where nobody needs a key. */
  readonly openPaths = new Set<string>();
  readonly #methods = new Map<string, Set<string>>();

  constructor(app: OpenAPIHono<AppEnv>) {
    this.app = app;
  }

  /** Adds an endpoint; `handler` gets what the request says, checked. */
  add<
    Params extends Fields = None,
    Query extends Fields = None,
    Headers extends Fields = None,
    Body extends Fields = None,
  >(
    spec: EndpointSpec<Params, Query, Headers, Body>,
    handler: (input: Input<Params, Query, Headers, Body>) => Promise<Response> | Response,
  ): void {
    const path = spec.path.replaceAll(/\{(\w+)\}/g, ":$1");
    this.#methods.set(path, (this.#methods.get(path) ?? new Set()).add(spec.method.toUpperCase()));
    if (spec.scope === "open") this.openPaths.add(path);
    this.app.openAPIRegistry.registerPath(describe(spec));
    this.app.on(spec.method.toUpperCase(), path, async (context) => handler(await readInput(spec, context)));
  }

  /** Answers every other method on the paths that are there. */
  answerOtherMethods(): void {
    for (const [path, methods] of this.#methods) {
      const known = [...methods, ...(methods.has("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
      this.app.all(path, ({ req }) => {
        if (req.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow: known } });
        const error = new BelfryError("E_METHOD", { path: req.path, method: req.method, known });
        return problemResponse(error, { allow: known });
      });
    }
  }
}

async function readInput<Params extends Fields, Query extends Fields, Headers extends Fields, Body extends Fields>(
  spec: EndpointSpec<Params, Query, Headers, Body>,
  context: Context<AppEnv>,
): Promise<Input<Params, Query, Headers, Body>> {
  const { req } = context;
  const owner = `${spec.method.toUpperCase()} ${spec.path}`;
  const isOpen = spec.scope === "open";
  if (spec.scope !== "open") checkScope(context.get("admission"), spec.scope);
  const wasRead = context.env?.incoming?.readableDidRead ?? false;
  const part = <S extends Fields>(schema: S | undefined, value: unknown) =>
    parseFields(schema ?? nothing, value, owner) as z.output<S>;
  return {
    params: part(spec.params, req.param()),
    query: part(spec.query, isOpen ? {} : readQuery(req.url)),
    headers: part(spec.headers, headersOf(context, Object.keys(spec.headers?.shape ?? {}))),
    body: part(spec.body?.schema, spec.body ? await readJsonBody(req.raw, spec.body.bytesMax, wasRead) : {}),
    context,
  };
}

const nothing = z.object({});

function headersOf({ req }: Context, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = req.header(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
