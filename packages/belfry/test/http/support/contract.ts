import { z } from "zod";

type Json = Readonly<Record<string, unknown>>;

/** What the description says of one answer. */
interface Documented {
  readonly content?: Readonly<Record<string, { schema: Json; examples?: Json }>>;
  readonly headers?: Json;
}

/** An operation of /openapi.json. */
export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly hasBody: boolean;
  readonly responses: Readonly<Record<string, Documented>>;
}

interface Description {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Omit<Operation, "method" | "path"> & { requestBody?: unknown }>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>>; readonly examples: Json };
}

/** The description of an API, and what of it was seen. */
export class Contract {
  readonly operations: readonly Operation[];
  readonly seen = new Set<string>();
  readonly #description: Description;
  readonly #checks = new Map<string, z.ZodType>();

  constructor(description: unknown) {
    this.#description = description as Description;
    this.operations = Object.entries(this.#description.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => {
        const { operationId, responses, requestBody } = operation;
        return { operationId, responses, path, method: method.toUpperCase(), hasBody: requestBody !== undefined };
      }),
    );
  }

  /** Every status of every operation that is documented, as `getRun 404`. */
  get documented(): string[] {
    return this.operations.flatMap(({ operationId, responses }) =>
      Object.keys(responses).map((status) => `${operationId} ${status}`),
    );
  }

  /** Notes an answer; tells what of it is not as the description says. */
  async check({ operationId, responses }: Operation, response: Response): Promise<string[]> {
    const place = `${operationId} ${response.status}`;
    this.seen.add(place);
    const [type = "none"] = (response.headers.get("content-type") ?? "").split(";");
    const documented = responses[response.status];
    const content = documented?.content?.[type];
    if (!content) {
      await response.body?.cancel();
      return [`${place} is not documented with ${type}`];
    }
    const missing = Object.keys(documented.headers ?? {}).filter(
      (name) => name !== "Idempotent-Replayed" && !response.headers.has(name),
    );
    if (type === "text/event-stream") await response.body?.cancel();
    const body: unknown = /json$/.test(type)
      ? await response.json()
      : type.startsWith("text/plain")
        ? await response.text()
        : "";
    const verdict = this.#checkOf(content.schema).safeParse(body);
    const wrong = verdict.success ? [] : [`${place}: ${z.prettifyError(verdict.error)} in ${JSON.stringify(body)}`];
    return [...missing.map((name) => `${place} has no ${name}`), ...wrong, ...codeOf(body, content.examples, place)];
  }

  /** The examples that are not what their own schemas say. */
  wrongExamples(): string[] {
    const { schemas, examples } = this.#description.components;
    const wrong = (name: string, schema: Json, example: unknown) => {
      const verdict = this.#checkOf(schema).safeParse(example);
      return verdict.success ? [] : [`${name}: ${z.prettifyError(verdict.error)}`];
    };
    return [
      ...Object.entries(schemas).flatMap(([name, schema]) =>
        schema.example === undefined ? [] : wrong(name, { $ref: `#/components/schemas/${name}` }, schema.example),
      ),
      ...Object.entries(examples).flatMap(([name, example]) =>
        wrong(name, { $ref: "#/components/schemas/Problem" }, (example as { value: unknown }).value),
      ),
    ];
  }

  #checkOf(schema: Json): z.ZodType {
    const key = JSON.stringify(schema);
    const known = this.#checks.get(key);
    if (known) return known;
    const whole = closed({ ...schema, $defs: this.#description.components.schemas }) as Json;
    const check = z.fromJSONSchema(JSON.parse(JSON.stringify(whole).replaceAll("#/components/schemas/", "#/$defs/")));
    this.#checks.set(key, check);
    return check;
  }
}

/** The schema, refusing fields that it does not name: what an answer has too much is found as well. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const fields = Object.fromEntries(
    Object.entries(schema)
      .filter(([name]) => name !== "example")
      .map(([name, value]) => [name, closed(value)]),
  );
  const isOpen = "additionalProperties" in fields || typeof fields.properties !== "object";
  return isOpen ? fields : { ...fields, additionalProperties: false };
}

function codeOf(body: unknown, examples: Json | undefined, place: string): string[] {
  if (!examples) return [];
  const { code } = body as { code: string };
  return code in examples ? [] : [`${place} is not documented with ${code}`];
}
