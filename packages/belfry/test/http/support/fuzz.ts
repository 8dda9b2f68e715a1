import fc from "fast-check";

/** A request that may be anything. */
export interface Shot {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
}

const tricks = [
  ...["%2F", "%00", "%2e%2e", "%zz", "%", "%C0%AF", "%ED%A0%80", "%F5%80%80%80", "%25", "..", ".", "*", ";a=b", "\\"],
  ...[
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "undefined",
    "null",
    "-1",
    "0",
    "1e3",
    "9".repeat(20),
    "x".repeat(3_000),
  ],
];

/** Text of every kind: well-formed, malformed and encoded, with what has broken others. */
const text = fc.oneof(
  fc.constantFrom(...tricks),
  fc.string({ maxLength: 20 }),
  fc.string({ unit: "grapheme", maxLength: 10 }),
  fc.string({ unit: "binary", maxLength: 10 }).map((any) => encodeURIComponent(any.toWellFormed())),
);

/** Paths, each with the method that it is made for. */
function targets(ids: readonly string[]): fc.Arbitrary<readonly [string, string]> {
  const id = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ids) }, text);
  const name = fc.oneof({ weight: 3, arbitrary: fc.constantFrom("task", "task", "tick", "off") }, text);
  const key = fc.oneof(fc.constantFrom("default", "default", "other"), text);
  const get = (...parts: Part[]) => fc.tuple(fc.constant("GET"), joined(parts));
  const post = (...parts: Part[]) => fc.tuple(fc.constant("POST"), joined(parts));
  const put = (...parts: Part[]) => fc.tuple(fc.constant("PUT"), joined(parts));
  const pattern = fc.oneof(fc.constantFrom("task", "t*", "%2A", "tick", "default", "x*y*z"), text);
  return fc.oneof(
    { weight: 5, arbitrary: post("/v1/tasks/", name, "/runs") },
    { weight: 3, arbitrary: post("/v1/runs") },
    { weight: 2, arbitrary: post("/v1/runs/", id, fc.constantFrom("/cancel", "/retry")) },
    { weight: 2, arbitrary: put("/v1/tasks/", name, "/schedules/", key) },
    put("/v1/schedules"),
    fc.tuple(fc.constant("DELETE"), joined(["/v1/tasks/", name, "/schedules/", key])),
    post("/v1/tasks/", pattern, "/schedules/", pattern, fc.constantFrom("/pause", "/resume", "/skip")),
    post("/v1/tasks/", name, "/schedules/", key, "/backfill"),
    post("/v1/backfills/", text, fc.constantFrom("/pause", "/resume", "/cancel")),
    post("/v1/deploys/", fc.constantFrom("1", "2", "0", "x"), "/put-back"),
    get("/v1/", fc.constantFrom("explain", "audit", "forecast", "deploys", "backfills")),
    post("/v1/keys"),
    post("/v1/keys/", text, "/revoke"),
    get("/v1/tasks/", name, "/runs/", id),
    get("/v1/tasks/", name, fc.constantFrom("", "/schedules", "/runs/")),
    get("/v1/tasks/", name, "/schedules/", key, fc.constantFrom("", "/firings")),
    get("/v1/runs/", id, fc.constantFrom("", "/logs", "/logs", "/")),
    { weight: 2, arbitrary: get("/v1/", fc.constantFrom("runs", "runs", "tasks", "nodes", "keys", "events")) },
    get("/", fc.constantFrom("metrics", "openapi.json", "healthz", "readyz")),
    get(
      "/",
      fc.array(text, { maxLength: 5 }).map((parts) => parts.join("/")),
    ),
  );
}

type Part = string | fc.Arbitrary<string>;

function joined(parts: readonly Part[]): fc.Arbitrary<string> {
  return fc
    .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
    .map((all) => all.join(""));
}

const queryNames = [
  ...["task", "status", "trigger", "from", "to", "limit", "limit", "cursor", "cursor", "after", "token"],
  ...["at", "schedule", "hours", "app"],
];
const queryValues = fc.oneof(
  fc.constantFrom("1", "50", "1000", "pending", "manual", "task", "2026-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
  fc.constantFrom(
    "9999-12-31T23:59:59.999999999+14:00",
    "-1",
    "1.5",
    "",
    "bnVsbA==",
    "eyJhIjoxfQ",
    "1,2,3",
    "00000000-1",
  ),
  text,
);
const query = fc
  .array(fc.tuple(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...queryNames) }, text), queryValues), {
    maxLength: 2,
  })
  .map((pairs) => (pairs.length === 0 ? "" : `?${pairs.map(([name, value]) => `${name}=${value}`).join("&")}`));

const headerValues = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom("*/*", "0", "1e99", "-5", "null", "text/event-stream;q=x"),
);
const header = fc.oneof(
  fc.tuple(fc.constantFrom("idempotency-key", "last-event-id", "accept", "range", "expect", "cookie"), headerValues),
  fc.tuple(
    fc.constantFrom("content-length", "content-encoding", "transfer-encoding", "origin", "x-forwarded-for"),
    headerValues,
  ),
  fc.constantFrom<[string, string][]>(
    ["accept", "text/event-stream"],
    ["host", "evil.example.com"],
    ["authorization", "Bearer x"],
  ),
);
const types = fc.constantFrom(
  "application/json",
  "application/json",
  "application/json; charset=utf-8",
  "text/plain",
  "",
  "a/b;c",
);

/** Of a schedule, a pause, a skip or a backfill. Due long after the test, so that no run is made but by what is sent. */
const almostWhen = {
  cron: fc.oneof(fc.constantFrom("0 0 29 2 *", "0 25 * * *", "* * * * * * *"), fc.jsonValue()),
  timezone: fc.oneof(fc.constantFrom("Europe/Berlin", "UTC", "Mars/Base"), fc.jsonValue()),
  start: fc.oneof(fc.constantFrom("2090-01-01T00:00:00Z", "2026-13-01T00:00:00Z"), fc.jsonValue()),
  until: fc.oneof(fc.constantFrom("2090-01-01T00:00:00Z", "soon"), fc.jsonValue()),
  count: fc.oneof(fc.integer({ min: -1, max: 3 }), fc.jsonValue()),
  overlap: fc.oneof(fc.constantFrom("allow", "bufferAll"), fc.jsonValue()),
  catchUp: fc.oneof(fc.constantFrom("all", { policy: "all", limit: 0 }), fc.jsonValue()),
  author: fc.oneof(fc.string(), fc.jsonValue()),
};

/** JSON that nearly fits: the fields that are known, of any value. */
const almost = fc.record(
  {
    payload: fc.jsonValue(),
    delay: fc.oneof(fc.constantFrom("1h", "10m", "0ms"), fc.jsonValue()),
    at: fc.oneof(fc.constantFrom("2026-12-24T00:00:00Z", "1969-12-31T23:59:59Z"), fc.jsonValue()),
    priority: fc.oneof(fc.integer({ min: -101, max: 101 }), fc.jsonValue()),
    reason: fc.oneof(fc.string(), fc.jsonValue()),
    name: fc.oneof(fc.string(), fc.jsonValue()),
    scope: fc.oneof(fc.constantFrom("read", "admin"), fc.jsonValue()),
    task: fc.oneof(fc.constantFrom("task", "off"), fc.jsonValue()),
    ...almostWhen,
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  fc.constant(undefined),
  fc.constant("{}"),
  almost.map((value) => JSON.stringify(value)),
  fc.array(almost, { maxLength: 5 }).map((runs) => JSON.stringify({ runs })),
  fc.constant(JSON.stringify({ cron: "0 0 29 2 *", start: "2090-01-01T00:00:00Z" })),
  fc.array(almost, { maxLength: 5 }).map((some) => {
    return JSON.stringify({ schedules: some.map(({ task, name, ...schedule }) => ({ task, key: name, schedule })) });
  }),
  fc.json(),
  fc.tuple(almost, fc.nat(200)).map(([value, length]) => JSON.stringify(value).slice(0, length)),
  fc.uint8Array({ maxLength: 50 }).map((bytes) => new Uint8Array(bytes)),
  fc.nat(5_000).map((depth) => `{"payload":${"[".repeat(depth)}`),
);

/** Requests of every kind, most of them nearly right. `ids` are runs that are there. */
export function shots(ids: readonly string[], authorization: string): fc.Arbitrary<Shot> {
  const methods = fc.constantFrom("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW");
  const rarely = <T>(arbitrary: fc.Arbitrary<T>, otherwise: T) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary });
  return fc
    .record({
      target: targets(ids),
      method: rarely<string | undefined>(methods, undefined),
      rest: rarely(query, ""),
      type: types,
      extras: rarely(fc.array(header, { maxLength: 3 }), []),
      body,
    })
    .map(({ target: [own, path], method = own, rest, type, extras, body }) => {
      const always: [string, string][] = [["authorization", authorization]];
      const headers = [...always, ...(type === "" ? [] : [["content-type", type] as const]), ...extras];
      return { method, path: path + rest, headers, body };
    });
}
