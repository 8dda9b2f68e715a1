import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { createClient } from "../../src/client/index.ts";
import { type Fault, page, startFake } from "./support/fake.ts";

const secret = "belfry_verysecretverysecretverysecret";
const json = { "content-type": "application/json" };

describe("an answer that is no Belfry server's is E_UNREACHABLE, saying what came", () => {
  test.each<[string, Fault, string]>([
    ["a web page", page(200), "what answered with status 200 is text/html, no JSON"],
    ["a web page that refuses", page(403), "what answered with status 403 is text/html, no JSON"],
    ["nothing", { status: 200 }, "what answered with status 200 is of no type, no JSON"],
    ["no JSON that says it is", { status: 200, headers: json, body: "{" }, "is no JSON object"],
    ["a text", { status: 200, headers: json, body: '"ok"' }, "is no JSON object"],
    ["null", { status: 201, headers: json, body: "null" }, "is no JSON object"],
    ["another's JSON", { status: 200, headers: json, body: '{"ok":true}' }, "what answered has no trackingId"],
    ["another's error", { status: 400, headers: json, body: '{"error":"no"}' }, "is no error of a Belfry server"],
    ["an error of no code", { status: 404, headers: json, body: '{"code":404,"detail":"x"}' }, "is no error of"],
  ])("%s", async (_, fault, detail) => {
    const fake = await startFake();
    fake.faults.push(fault);
    const error = await createClient({ url: fake.url, apiKey: secret })
      .task("bill")
      .run()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "E_UNREACHABLE",
      message: expect.stringContaining(detail),
      fields: { url: fake.url },
    });
    expect(fake.seen).toHaveLength(1);
    expect(inspect(error, { depth: 9 })).not.toContain(secret);
  });
});

describe("redirects are not followed", () => {
  test.each([301, 302, 303, 307, 308])("a %d leads nowhere, and the key stays here", async (status) => {
    const fake = await startFake();
    const elsewhere = await startFake();
    const client = createClient({ url: fake.url, apiKey: secret });
    const location = `${elsewhere.url}/v1/runs?key=${secret}`;
    for (const call of [() => client.task("bill").run(), () => client.runs.list()]) {
      fake.faults.push({ status, headers: { location } });
      const error = await call().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: "E_UNREACHABLE",
        message: expect.stringContaining(`it redirects to ${elsewhere.url}`),
      });
      expect(inspect(error, { depth: 9 })).not.toContain(secret);
    }
    expect(elsewhere.seen).toEqual([]);
    expect(fake.seen).toHaveLength(2);
  });
});

test("the key is in no error, also where a `fetch` of one's own tells of it, nor in what a client shows", async () => {
  const failing = (async (_: unknown, init: RequestInit) => {
    throw new Error(`could not send ${JSON.stringify(init.headers)}`);
  }) as typeof fetch;
  const client = createClient({ url: "http://127.0.0.1:1", apiKey: secret, fetch: failing });
  const calls = [client.task("bill").run(), client.nodes()].map((call) => call.catch((thrown: unknown) => thrown));
  for (const error of await Promise.all(calls)) {
    expect(inspect(error, { depth: 9 })).toContain("could not send");
    expect(inspect(error, { depth: 9 })).not.toContain(secret);
  }
  expect(inspect(client, { depth: 9, showHidden: true })).not.toContain(secret);
});
