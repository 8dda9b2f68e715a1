import { describe, expect, test } from "vitest";
import { interpret, lostBy, problemOf } from "./answer.ts";

const none = { location: "", retryAfter: "" };

test.each<[number, string, string, string]>([
  [200, "application/json", '{"items":[]}', "answer"],
  [201, "application/json; charset=utf-8", '{"items":[]}', "answer"],
  [200, "Application/JSON", '{"items":[]}', "answer"],
  [404, "application/problem+json", '{"code":"E_RUN_UNKNOWN","detail":"no"}', "refused"],
  [503, "application/json", '{"code":"E_STOPPED","detail":"no"}', "refused"],
  [200, "application/json", "[]", "alien"],
  [200, "application/jsonp", '{"items":[]}', "alien"],
  [200, "", '{"items":[]}', "alien"],
  [0, "", "", "alien"],
  [304, "application/json", '{"items":[]}', "alien"],
  [404, "application/json", '{"code":"ENOENT","detail":"no"}', "alien"],
  [404, "application/json", '{"code":"E_RUN_UNKNOWN"}', "alien"],
])("%d of type %j with %j is an outcome of kind %s", (status, type, text, kind) => {
  expect(interpret({ ...none, status, type, text }, "items").kind).toBe(kind);
});

test("a redirect tells where to, as far as it is known", () => {
  const to = (location: string) => interpret({ ...none, status: 307, type: "", text: "", location }, "items");
  expect(to("https://elsewhere/")).toMatchObject({
    detail: "it redirects to https://elsewhere/, and redirects are not followed",
  });
  expect(to("")).toMatchObject({ detail: "it redirects, and redirects are not followed" });
});

test("a problem is an error of its code, its words and its fields", () => {
  const fields = { value: "bil" };
  const error = problemOf({ code: "E_TASK_UNKNOWN", detail: "no such task", fields }, 404);
  expect(error).toMatchObject({ name: "BelfryError", code: "E_TASK_UNKNOWN", message: "no such task", fields });
  for (const value of [
    undefined,
    null,
    5,
    "E_TASK_UNKNOWN",
    {},
    { code: "E_", detail: "x" },
    { code: "E_X", detail: 5 },
  ])
    expect(problemOf(value, 404)).toBeUndefined();
});

describe("a request that failed", () => {
  const failed = (code: string) => new TypeError("fetch failed", { cause: Object.assign(new Error("why"), { code }) });

  test.each(["ECONNREFUSED", "ENOTFOUND", "UND_ERR_CONNECT_TIMEOUT", "ConnectionRefused", "CERT_HAS_EXPIRED"])(
    "was not sent: %s",
    (code) => expect(lostBy(failed(code), undefined)).toMatchObject({ wasSent: false, detail: "why" }),
  );

  test.each<[string, unknown, string]>([
    ["a reset", failed("ECONNRESET"), "why"],
    ["a browser's error", new TypeError("Failed to fetch"), "Failed to fetch"],
    ["a cause that is no error", new TypeError("odd", { cause: "text" }), "odd"],
    ["a text", "odd", "undefined"],
    ["nothing", undefined, "the request failed"],
  ])("may have been: %s", (_, thrown, detail) => {
    expect(lostBy(thrown, "secret")).toMatchObject({ wasSent: true, detail });
  });

  test("does not show the secret, and not its cause where that does", () => {
    const thrown = new Error("cannot send secret, the secret");
    expect(lostBy(thrown, "secret")).toEqual({ kind: "lost", wasSent: true, detail: "cannot send …, the …" });
    expect(lostBy(thrown, "other")).toMatchObject({ cause: thrown });
  });
});
