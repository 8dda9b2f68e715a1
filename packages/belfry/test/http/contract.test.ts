import { describe, expect, test } from "vitest";
import { storeKinds, type TestApp } from "./support/app.ts";
import { Contract, type Operation } from "./support/contract.ts";
import { callsOf, openStage, type Stage } from "./support/contract-stage.ts";
import type { Call } from "./support/contract-time.ts";

function ask(app: TestApp, { method, hasBody }: Operation, { path, body, headers }: Call): Promise<Response> {
  const json = hasBody && body !== undefined;
  const type: Record<string, string> = json ? { "content-type": "application/json" } : {};
  return app.ask(path, { method, headers: { ...type, ...headers }, ...(json ? { body: JSON.stringify(body) } : {}) });
}

/** What every operation is asked beside its own calls: by who has no key, from elsewhere, of engines that cannot answer. */
function commonCalls(operation: Operation, call: Call, stage: Stage): Promise<Response>[] {
  const { app, cold, broken, headers } = stage;
  const { authorization: _, ...keyless } = headers;
  const asked = { ...call, headers: { ...headers, ...call.headers } };
  const withHeaders = (more: Record<string, string>) => ({ ...asked, headers: { ...asked.headers, ...more } });
  const bodies = [withHeaders({ "content-type": "text/plain" }), withHeaders({ "content-length": "1e9" })];
  return [
    ask(app, operation, { ...call, headers: keyless }),
    ask(app, operation, withHeaders({ host: "evil.example.com" })),
    ask(app, operation, { ...asked, path: `${call.path}${call.path.includes("?") ? "&" : "?"}token=x` }),
    ask(cold, operation, { ...call, headers: {} }),
    ask(broken, operation, { ...call, headers: {} }),
    ...(operation.hasBody ? bodies.map((one) => ask(app, operation, one)) : []),
  ];
}

async function play(contract: Contract, stage: Stage): Promise<string[]> {
  const calls = callsOf(stage);
  const wrong: string[] = [];
  const told = async (operation: Operation, response: Response) => {
    wrong.push(...(await contract.check(operation, response)));
  };
  for (const operation of contract.operations) {
    const [first, ...rest] = calls[operation.operationId] ?? [];
    if (!first) return [`nobody knows how to ask ${operation.operationId}`];
    for (const response of await Promise.all(commonCalls(operation, first, stage))) await told(operation, response);
    for (const call of [first, ...rest]) {
      await told(
        operation,
        await ask(stage.app, operation, { ...call, headers: { ...stage.headers, ...call.headers } }),
      );
    }
  }
  return wrong;
}

async function revoke(contract: Contract, stage: Stage): Promise<string[]> {
  const operation = contract.operations.find(({ operationId }) => operationId === "revokeKey") as Operation;
  const { id } = await stage.app.engine.keys.create({ name: "short" });
  return contract.check(
    operation,
    await ask(stage.app, operation, { path: `/v1/keys/${id}/revoke`, headers: stage.headers }),
  );
}

async function contractOf({ app, headers }: Stage): Promise<Contract> {
  return new Contract(await (await app.ask("/openapi.json", { headers })).json());
}

describe.each(storeKinds)("on the %s store", (store) => {
  test("every documented answer is given, each as its schema says, and no other", async () => {
    const stage = await openStage(store);
    const contract = await contractOf(stage);
    expect(await play(contract, stage)).toEqual([]);
    expect(await revoke(contract, stage)).toEqual([]);
    expect(
      contract.documented.filter((place) => !contract.seen.has(place)),
      "never answered",
    ).toEqual([]);
  });
});

test("the description's examples are what their schemas say, and its references lead somewhere", async () => {
  const stage = await openStage("memory");
  const contract = await contractOf(stage);
  expect(contract.wrongExamples()).toEqual([]);
  const text = await (await stage.app.ask("/openapi.json", { headers: stage.headers })).text();
  const document = JSON.parse(text) as { openapi: string; components: Record<string, Record<string, unknown>> };
  expect(document.openapi).toBe("3.1.0");
  const references = new Set(
    [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)].map(([, room, name]) => [room, name]),
  );
  const lost = [...references].filter(([room, name]) => document.components[room ?? ""]?.[name ?? ""] === undefined);
  expect(lost).toEqual([]);
});

test("the contract notices an answer too much, too little, of another shape and of another code", async () => {
  const stage = await openStage("memory");
  const contract = await contractOf(stage);
  const operation = contract.operations.find(({ operationId }) => operationId === "cancelRun") as Operation;
  const problem = { type: "urn:belfry:E_BODY", title: "Body", status: 400, code: "E_BODY", detail: "is no JSON" };
  const answers: [number, unknown, string][] = [
    [200, { trackingId: stage.ids.ended, outcome: "ended", more: 1 }, "more"],
    [200, { trackingId: stage.ids.ended }, "outcome"],
    [200, { trackingId: "x", outcome: "ended" }, "trackingId"],
    [201, { trackingId: stage.ids.ended, outcome: "ended" }, "not documented"],
    [400, { ...problem, code: "E_ROUTE" }, "not documented with E_ROUTE"],
  ];
  for (const [status, body, said] of answers) {
    const headers = { "content-type": status === 400 ? "application/problem+json" : "application/json" };
    const wrong = await contract.check(operation, new Response(JSON.stringify(body), { status, headers }));
    expect(wrong, said).toEqual([expect.stringContaining(said)]);
  }
});
