import { afterEach, describe, expect, test, vi } from "vitest";
import { createClient } from "../../src/client/index.ts";
import { startFake } from "./support/fake.ts";

const id = "6237b225b9a84d607cd79044";

/** What a call asks of which URL, through a `fetch` that answers with a run. */
async function asked(options: Parameters<typeof createClient>[0]): Promise<{ url: string; key: string | undefined }> {
  const calls: [string, RequestInit][] = [];
  const answer = async (url: string, init: RequestInit) => {
    calls.push([url, init]);
    return Response.json({ trackingId: id });
  };
  await createClient({ ...options, fetch: answer as typeof fetch }).runs.get(id);
  const [[url, init] = ["", {}]] = calls;
  return { url, key: (init.headers as Record<string, string>).authorization };
}

describe("where to ask", () => {
  afterEach(() => void vi.unstubAllEnvs());

  test("option before environment before default; empty variables say nothing", async () => {
    vi.stubEnv("BELFRY_URL", "");
    vi.stubEnv("BELFRY_API_KEY", "");
    const path = `/v1/runs/${id}`;
    expect(await asked({})).toEqual({ url: `http://127.0.0.1:7411${path}`, key: undefined });
    vi.stubEnv("BELFRY_URL", "https://belfry.example/base/");
    vi.stubEnv("BELFRY_API_KEY", "from-environment");
    const key = "Bearer from-environment";
    expect(await asked({})).toEqual({ url: `https://belfry.example/base${path}`, key });
    const url = "http://[::1]:80//";
    expect(await asked({ url, apiKey: "own" })).toEqual({ url: `http://[::1]${path}`, key: "Bearer own" });
  });

  test("refused in the environment, naming the variable and not the key", () => {
    vi.stubEnv("BELFRY_URL", "localhost:7411");
    expect(() => createClient()).toThrow(
      expect.objectContaining({ code: "E_OPTION", message: expect.stringMatching(/BELFRY_URL/) }),
    );
    vi.stubEnv("BELFRY_URL", "http://localhost");
    vi.stubEnv("BELFRY_API_KEY", "a secret\n");
    expect(() => createClient()).toThrow(
      expect.objectContaining({ code: "E_OPTION", message: expect.not.stringContaining("a secret") }),
    );
  });
});

test.each<[unknown, string, RegExp]>([
  [{ url: "ftp://host" }, "E_OPTION", /url is "ftp:\/\/host"; expected an http/],
  [{ url: "http://user:secret@host" }, "E_OPTION", /url is "\(not shown\)"/],
  [{ url: "http://host/?key=secret" }, "E_OPTION", /url is "\(not shown\)"/],
  [{ url: "" }, "E_OPTION", /url is ""/],
  [{ url: 5 }, "E_OPTION", /url is 5/],
  [{ apiKey: "with blank" }, "E_OPTION", /apiKey is "\(not shown\)"/],
  [{ apiKey: "" }, "E_OPTION", /apiKey/],
  [{ apiKey: "x".repeat(256) }, "E_OPTION", /apiKey/],
  [{ fetch: "fetch" }, "E_OPTION", /fetch is "fetch"; expected a function/],
  [{ timeout: 30 }, "E_DURATION", /timeout is 30/],
  [{ timeout: "0ms" }, "E_DURATION", /timeout/],
  [{ timeout: "2h" }, "E_DURATION", /timeout/],
  [{ signal: {} }, "E_OPTION", /signal is an object; expected an AbortSignal/],
  [{ apikey: "x" }, "E_OPTION_UNKNOWN", /did you mean "apiKey"/],
  ["http://host", "E_OPTION", /createClient/],
])("createClient(%j) throws %s", (options, code, message) => {
  expect(() => createClient(options as object)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});

describe("what HTTP would lose or change is refused as an engine refuses it, and not sent", () => {
  test.each<[unknown, string]>([
    [{ payload: () => {} }, "E_PAYLOAD"],
    [{ payload: { n: Number.NaN } }, "E_PAYLOAD"],
    [{ payload: "x".repeat(300_000) }, "E_PAYLOAD"],
    [{ delay: 10 }, "E_DURATION"],
    [{ delay: "10s", at: new Date(0) }, "E_OPTION"],
    [{ at: "2026-11-24" }, "E_OPTION"],
    [{ at: new Date(Number.NaN) }, "E_OPTION"],
    [{ priority: Number.NaN }, "E_OPTION"],
    [{ reason: Symbol("why") }, "E_OPTION"],
    [{ idempotencyKey: "" }, "E_OPTION"],
    [{ signal: 5 }, "E_OPTION"],
    [{ delya: "10s" }, "E_OPTION_UNKNOWN"],
    [{ tx: {} }, "E_TX_UNSUPPORTED"],
    [5, "E_OPTION"],
  ])("run(%o) rejects %s", async (options, code) => {
    const fake = await startFake();
    const handle = createClient({ url: fake.url }).task("bill");
    await expect(handle.run(options as object)).rejects.toMatchObject({ code });
    await expect(handle.runAndWait(options as object)).rejects.toMatchObject({ code });
    expect(fake.seen).toEqual([]);
  });

  test.each([undefined, null, 5, {}, Symbol("x"), "", ".", "..", "x".repeat(129), "\ud800"])(
    "task(%o) never throws, its methods reject E_TASK_UNKNOWN",
    async (name) => {
      const fake = await startFake();
      const client = createClient({ url: fake.url });
      const handle = client.task(name as string);
      for (const call of [
        handle.run(),
        handle.runAndWait(),
        handle.getTaskStatus(id),
        client.tasks.get(name as string),
      ])
        await expect(call).rejects.toMatchObject({ code: "E_TASK_UNKNOWN" });
      expect(fake.seen).toEqual([]);
    },
  );

  test.each([undefined, null, "", "..", id.toUpperCase(), `${id}0`, `${id}/../x`])("tracking id %o", async (value) => {
    const fake = await startFake();
    const client = createClient({ url: fake.url });
    const { runs } = client;
    const bad = value as string;
    const calls = [
      () => client.task("bill").getTaskStatus(bad),
      () => runs.get(bad),
      () => runs.cancel(bad),
      () => runs.retry(bad),
      () => runs.logs(bad),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "E_TRACKING_ID" });
    expect(fake.seen).toEqual([]);
  });

  test("the others", async () => {
    const fake = await startFake();
    const client = createClient({ url: fake.url });
    const calls: [() => Promise<unknown>, string][] = [
      [() => client.runs.list({ from: "2026" } as object), "E_OPTION"],
      [() => client.runs.list({ since: 5 } as object), "E_OPTION_UNKNOWN"],
      [() => client.runs.cancel(id, { reason: "" }), "E_OPTION"],
      [() => client.runs.retry(id, { idempotencyKey: "é" }), "E_OPTION"],
      [() => client.schedules.firings("bill", ".."), "E_SCHEDULE_UNKNOWN"],
      [() => client.keys.create({} as { name: string }), "E_OPTION"],
      [() => client.keys.revoke(""), "E_KEY_UNKNOWN"],
    ];
    for (const [call, code] of calls) await expect(call()).rejects.toMatchObject({ code });
    expect(fake.seen).toEqual([]);
  });
});
