/** The part of an OpenAPI 3.1 document that the reference tells. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Content };
  readonly responses?: Readonly<Record<string, Answer>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

interface Answer {
  readonly description?: string;
  readonly content?: Content;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

const problemType = "application/problem+json";

/** The reference of the HTTP API, made from what `/openapi.json` answers. */
export function httpPage({ paths, components }: ApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ title: `${method.toUpperCase()} ${path}`, operation })),
  );
  const rows = operations.map(
    ({ title, operation }) => `| [\`${title}\`](#${anchor(title)}) | ${operation.summary ?? ""} |`,
  );
  const schemas = Object.entries(components?.schemas ?? {}).map(([name, schema]) => writeSchema(name, schema));
  return `# HTTP

Default address \`http://127.0.0.1:7411\`. Made from the document that the server itself answers at \`/openapi.json\`
(OpenAPI 3.1, with examples). Bodies are JSON; instants are ISO 8601 strings. Errors are
[problem+json](https://www.rfc-editor.org/rfc/rfc9457) with a stable \`code\`: [all of them](../errors.md).

| | |
|---|---|
${rows.join("\n")}

${operations.map(({ title, operation }) => writeOperation(title, operation)).join("\n\n")}

## Shapes

${schemas.join("\n\n")}
`;
}

function writeOperation(title: string, operation: Operation): string {
  const { summary = "", description = "", parameters = [], requestBody, responses = {} } = operation;
  const given = [
    ...parameters.map((one) => `- ${one.in} \`${one.name}\`${one.required ? ", required" : ""}: ${told(one)}`),
    ...Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => `- body, \`${type}\`: ${nameOf(schema)}`),
  ];
  const answers = Object.entries(responses).map(([status, answer]) => `- **${status}** ${answerOf(answer)}`);
  return [`## ${title}`, summary, description, given.join("\n"), answers.join("\n")].filter(Boolean).join("\n\n");
}

function told({ description, schema }: Parameter): string {
  return [nameOf(schema), description ?? schema?.description].filter(Boolean).join(". ");
}

/** What an answer is. A problem's description lists its codes. */
function answerOf({ description = "", content = {} }: Answer): string {
  const bodies = Object.entries(content).filter(([type]) => type !== problemType);
  return [oneLine(description), ...bodies.map(([type, { schema }]) => `\`${type}\`: ${nameOf(schema)}`)].join(" · ");
}

function writeSchema(name: string, { description, properties = {}, required = [], ...rest }: Schema): string {
  const fields = Object.entries(properties).map(
    ([field, schema]) =>
      `| \`${field}\`${required.includes(field) ? "" : "?"} | ${nameOf(schema)} | ${oneLine(schema.description ?? "")} |`,
  );
  const table = fields.length > 0 ? `| field | | |\n|---|---|---|\n${fields.join("\n")}` : nameOf(rest);
  return [`### ${name}`, description ?? "", table].filter(Boolean).join("\n\n");
}

/** A schema in few words: its name where it has one. */
function nameOf(schema: Schema | undefined): string {
  if (!schema) return "any JSON";
  const { $ref, type, enum: words, items, anyOf, oneOf, allOf } = schema;
  if ($ref) return link($ref.slice($ref.lastIndexOf("/") + 1));
  if (words) return words.map((word) => `\`${JSON.stringify(word)}\``).join(" or ");
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  const parts = anyOf ?? oneOf ?? allOf;
  if (parts) return [...new Set(parts.map(nameOf))].join(allOf ? " and " : " or ");
  if (items) return `list of ${nameOf(items)}`;
  const properties = Object.keys(schema.properties ?? {});
  if (properties.length > 0) return `object with ${properties.map((name) => `\`${name}\``).join(", ")}`;
  const { format, minimum, maximum } = schema;
  const range = minimum !== undefined && maximum !== undefined && `from ${minimum} to ${maximum}`;
  return [type ?? "any JSON", format && `(${format})`, range].flat().filter(Boolean).join(" ");
}

function link(name: string): string {
  return `[${name}](#${anchor(name)})`;
}

/** A heading's anchor, as GitHub makes it. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|").trim();
}
