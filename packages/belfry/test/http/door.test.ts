import { describe, expect, test } from "vitest";
import { admit, type DoorFacts } from "../../src/server/door.ts";
import { task } from "../engine/support/jobs.ts";
import { openApp, outcomeOf, problemOf } from "./support/app.ts";
import { breaches } from "./support/door-table.ts";

const fail = () => {
  throw new Error("no");
};
const local = { own: { isLocal: true } };
const remote = { own: { isLocal: false } };
const runs = "/v1/tasks/task/runs";
const schedule = "/v1/tasks/task/schedules/nightly";

test("the door lets in and refuses as its table says", () => {
  expect(breaches(admit)).toEqual([]);
});

describe("the table notices a door that", () => {
  const broken: [string, (facts: DoorFacts) => Partial<DoorFacts>, string][] = [
    ["does not look at Host", () => ({ host: "localhost" }), "rebinding: a foreign Host"],
    ["does not look at allowed names", () => ({ allowedHosts: undefined }), "another Host"],
    ["does not look at Origin", () => ({ origin: undefined }), "a foreign Origin writes"],
    ["does not look at who passed it on", () => ({ forwardedBy: undefined }), "passed on"],
    ["takes all for neighbours", () => ({ isLocal: true }), "another machine"],
    ["takes mounted for its own", () => ({ isMounted: false }), "mounted"],
    ["takes a key in the query for none", () => ({ keyInQuery: undefined }), "a key in the query"],
    ["lets neighbours in though keys were made", () => ({ keysExist: false }), "no key, from this machine"],
    [
      "lets authorize refuse nobody",
      ({ authorized }) => ({ authorized: authorized && "admin" }),
      "whom authorize refuses",
    ],
  ];
  test.each(broken)("%s", (_, change, caught) => {
    expect(breaches((facts) => admit({ ...facts, ...change(facts) }))).toContain(caught);
  });
});

describe("without a key", () => {
  const attempts: [string, Record<string, string>, string][] = [
    ["a neighbour", {}, "201"],
    ["a neighbour's own page", { origin: "http://localhost:7411" }, "201"],
    ["rebinding", { host: "evil.example.com" }, "403 E_DOOR"],
    ["a foreign page", { origin: "https://evil.example.com" }, "403 E_DOOR"],
    ["a sandboxed page", { origin: "null" }, "403 E_DOOR"],
    ["X-Forwarded-For", { "x-forwarded-for": "127.0.0.1" }, "403 E_DOOR"],
    ["X-Forwarded-Host, empty", { "x-forwarded-host": "" }, "403 E_DOOR"],
    ["Forwarded", { forwarded: "for=127.0.0.1" }, "403 E_DOOR"],
    ["X-Real-IP", { "x-real-ip": "127.0.0.1" }, "403 E_DOOR"],
    ["Via", { via: "1.1 proxy" }, "403 E_DOOR"],
  ];
  test.each(attempts)("%s", async (_, headers, outcome) => {
    const app = await openApp({ tasks: [task(() => {})] });
    expect(await outcomeOf(await app.post(runs, undefined, headers))).toBe(outcome);
    expect((await app.engine.runs.list()).items).toHaveLength(outcome === "201" ? 1 : 0);
  });

  test("another machine and a host app get nothing but health", async () => {
    for (const bindings of [remote, {}]) {
      const app = await openApp({ bindings });
      for (const path of ["/v1/tasks", "/v1/keys", "/metrics", "/openapi.json", "/nothing"]) {
        expect(await outcomeOf(await app.ask(path)), path).toBe("403 E_DOOR");
      }
      for (const path of ["/healthz", "/readyz"]) {
        const headers = { host: "evil.example.com", "x-forwarded-for": "1.2.3.4" };
        expect((await app.ask(path, { headers })).status, path).toBe(200);
      }
    }
  });
});

describe("once a key was made", () => {
  async function keyed() {
    const app = await openApp({ tasks: [task(() => {})], bindings: local });
    const { secret } = await app.engine.keys.create({ name: "test", scope: "trigger" });
    return { app, secret };
  }

  test("every request needs one that stands, exactly as it was told", async () => {
    const { app, secret } = await keyed();
    const attempts: [string | undefined, string][] = [
      [`Bearer ${secret}`, "201"],
      [`bearer ${secret}`, "201"],
      [undefined, "401 E_KEY_REQUIRED"],
      ["", "401 E_KEY_REQUIRED"],
      ["Bearer", "401 E_KEY_REQUIRED"],
      [secret, "401 E_KEY_REQUIRED"],
      [`Basic ${secret}`, "401 E_KEY_REQUIRED"],
      [`Bearer ${secret.toUpperCase()}`, "401 E_KEY_REQUIRED"],
      [`Bearer ${secret.slice(0, -1)}`, "401 E_KEY_REQUIRED"],
      [`Bearer ${secret}0`, "401 E_KEY_REQUIRED"],
      [`Bearer ${secret}, Bearer ${secret}`, "401 E_KEY_REQUIRED"],
    ];
    for (const [authorization, outcome] of attempts) {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      const response = await app.post(runs, undefined, headers);
      const challenge = response.headers.get("www-authenticate");
      expect(challenge !== null, authorization).toBe(response.status === 401);
      expect(await outcomeOf(response), authorization).toBe(outcome);
    }
    expect((await app.engine.runs.list()).items).toHaveLength(2);
  });

  test("a key in the query is refused, is not told again, and does not open", async () => {
    const { app, secret } = await keyed();
    for (const name of ["api_key", "apiKey", "access_token", "token", "x"]) {
      const response = await app.post(`${runs}?${name}=${secret}`);
      const { code, detail } = await problemOf(response);
      expect([response.status, code, detail.includes(secret)], name).toEqual([400, "E_USAGE", false]);
    }
  });

  test("a scope opens what it says and no more", async () => {
    const { app } = await keyed();
    const needs: [string, string, string][] = [
      ["GET", "/v1/tasks", "read"],
      ["GET", "/metrics", "read"],
      ["POST", runs, "trigger"],
      ["POST", "/v1/runs/6237b225b9a84d607cd79044/cancel", "trigger"],
      ["GET", "/v1/explain", "read"],
      ["GET", "/v1/audit", "read"],
      ["GET", "/v1/forecast", "read"],
      ["GET", "/v1/deploys", "read"],
      ["GET", "/v1/backfills", "read"],
      ["POST", `${schedule}/pause`, "trigger"],
      ["POST", `${schedule}/resume`, "trigger"],
      ["POST", `${schedule}/skip`, "trigger"],
      ["POST", `${schedule}/backfill`, "trigger"],
      ["POST", "/v1/backfills/6237b225b9a84d607cd79044/pause", "trigger"],
      ["POST", "/v1/backfills/6237b225b9a84d607cd79044/resume", "trigger"],
      ["POST", "/v1/backfills/6237b225b9a84d607cd79044/cancel", "trigger"],
      ["PUT", schedule, "admin"],
      ["DELETE", schedule, "admin"],
      ["PUT", "/v1/schedules", "admin"],
      ["POST", "/v1/deploys/1/put-back", "admin"],
      ["GET", "/v1/keys", "admin"],
      ["POST", "/v1/keys", "admin"],
      ["POST", "/v1/keys/9f86d081/revoke", "admin"],
    ];
    const scopes = ["read", "trigger", "admin"] as const;
    for (const scope of scopes) {
      const { secret } = await app.engine.keys.create({ name: scope, scope });
      for (const [method, path, needed] of needs) {
        const response = await app.ask(path, { method, headers: { authorization: `Bearer ${secret}` } });
        const isOpen = scopes.indexOf(scope) >= scopes.indexOf(needed as typeof scope);
        expect(response.status === 403, `${scope} ${method} ${path}`).toBe(!isOpen);
        if (!isOpen) expect(await outcomeOf(response)).toBe("403 E_FORBIDDEN");
      }
    }
  });

  test("a revoked key opens nothing, and its end opens nothing to neighbours", async () => {
    const { app, secret } = await keyed();
    const [key] = await app.engine.keys.list();
    await app.engine.keys.revoke(key?.id ?? "");
    const both: Record<string, string>[] = [{ authorization: `Bearer ${secret}` }, {}];
    for (const headers of both) {
      expect(await outcomeOf(await app.ask("/v1/tasks", { headers }))).toBe("401 E_KEY_REQUIRED");
    }
  });

  test("who has no key is not told what there is", async () => {
    const { app } = await keyed();
    for (const path of ["/v1/tasks/task", "/v1/tasks/none", "/nothing"]) {
      expect(await outcomeOf(await app.ask(path))).toBe("401 E_KEY_REQUIRED");
    }
  });
});

describe("authorize", () => {
  test("decides alone, gets the request without its body, and may answer later", async () => {
    const seen: string[] = [];
    const authorize = async (request: Request) => {
      seen.push(`${request.method} ${new URL(request.url).pathname} ${request.body === null}`);
      return request.headers.get("cookie") === "session=1";
    };
    const app = await openApp({ tasks: [task(() => {})], bindings: {}, authorize });
    const allowed = await app.post(runs, { payload: 1 }, { cookie: "session=1", "x-forwarded-for": "1.2.3.4" });
    expect(await outcomeOf(allowed)).toBe("201");
    expect(await outcomeOf(await app.post(runs, { payload: 1 }))).toBe("403 E_DOOR");
    expect(seen).toEqual([`POST ${runs} true`, `POST ${runs} true`]);
  });

  test("answers a scope, or what refuses", async () => {
    const answers: [unknown, string, string][] = [
      ["read", "200", "403 E_FORBIDDEN"],
      ["trigger", "200", "201"],
      [true, "200", "201"],
      [false, "403 E_DOOR", "403 E_DOOR"],
      ["all", "403 E_DOOR", "403 E_DOOR"],
      [undefined, "403 E_DOOR", "403 E_DOOR"],
      [{}, "403 E_DOOR", "403 E_DOOR"],
    ];
    for (const [answer, read, trigger] of answers) {
      const app = await openApp({ tasks: [task(() => {})], bindings: local, authorize: () => answer as boolean });
      expect([await outcomeOf(await app.ask("/v1/tasks")), await outcomeOf(await app.post(runs))]).toEqual([
        read,
        trigger,
      ]);
    }
  });

  test("refuses where it throws, and says so in the log only", async () => {
    const authorize = () => Promise.reject(new Error("the session store is away"));
    const app = await openApp({ bindings: {}, authorize });
    const response = await app.ask("/v1/tasks");
    expect(response.status).toBe(403);
    expect((await problemOf(response)).detail).not.toContain("session store");
    expect(app.said.errors).toEqual([expect.stringContaining("the session store is away")]);
  });

  test("may be told to a logger that throws", async () => {
    const logger = { debug: fail, info: fail, warn: fail, error: fail };
    const app = await openApp({ bindings: {}, authorize: fail, logger });
    expect(await outcomeOf(await app.ask("/v1/tasks"))).toBe("403 E_DOOR");
  });

  test("is not asked about a key that stands", async () => {
    const app = await openApp({ bindings: {}, authorize: () => false });
    const { secret } = await app.engine.keys.create({ name: "test" });
    const headers = { authorization: `Bearer ${secret}` };
    expect((await app.ask("/v1/tasks", { headers })).status).toBe(200);
    expect(await outcomeOf(await app.ask("/v1/tasks"))).toBe("403 E_DOOR");
  });
});
