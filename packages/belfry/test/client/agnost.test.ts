import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { agnost, createBelfry, defineTask } from "../../src/index.ts";
import { freshStore } from "../seed/support/host.ts";
import { deadUrl, page, refusal, startFake } from "./support/fake.ts";

const id = "6237b225b9a84d607cd79044";
const keys = ["trackingId", "cronJobId", "cronJobName", "triggeredAt", "status"];

beforeEach(() => void vi.stubEnv("BELFRY_API_KEY", "belfry_secret"));
afterEach(() => void vi.unstubAllEnvs());

/** A fake server that the environment names. */
async function startNamed() {
  const fake = await startFake();
  vi.stubEnv("BELFRY_URL", fake.url);
  return fake;
}

describe("agnost, with no engine in this process", () => {
  test("asks the server that the environment names, with its key", async () => {
    const fake = await startNamed();
    fake.faults.push("dropAfter");
    const result = await agnost.task("billOnDemand").run({ payload: { n: 1 } });
    expect(Object.keys(result)).toEqual(keys);
    expect(fake.runs.size).toBe(1);
    expect(fake.seen.every(({ headers }) => headers.authorization === "Bearer belfry_secret")).toBe(true);
    const ended = agnost.task("billOnDemand").runAndWait();
    await vi.waitUntil(() => fake.runs.size === 2);
    for (const trackingId of fake.runs.keys()) fake.end(trackingId, "completed");
    expect(await ended).toMatchObject({ status: "completed" });
    expect(await agnost.task("billOnDemand").getTaskStatus(result.trackingId)).toMatchObject({ status: "completed" });
    expect(await agnost.task("billOnDemand").getTaskStatus(id)).toBeNull();
  });

  test("rejects as the embedded one does, in the server's words", async () => {
    const fake = await startNamed();
    fake.faults.push(refusal(404, "E_TASK_UNKNOWN", 'there is no task "bil"'));
    const handle = agnost.task("bil");
    await expect(handle.run()).rejects.toMatchObject({ code: "E_TASK_UNKNOWN", message: 'there is no task "bil"' });
    await expect(handle.getTaskStatus("x")).rejects.toMatchObject({ code: "E_TRACKING_ID" });
    await expect(handle.run({ tx: {} } as object)).rejects.toMatchObject({ code: "E_TX_UNSUPPORTED" });
    fake.faults.push(refusal(401, "E_KEY_REQUIRED", "the key is wrong"));
    await expect(handle.run()).rejects.toMatchObject({ code: "E_KEY_REQUIRED" });
  });

  test("nothing there, or nothing of ours: E_NO_ENGINE, saying both ways and naming the URL", async () => {
    const url = await deadUrl();
    vi.stubEnv("BELFRY_URL", url);
    await expect(agnost.task("billOnDemand").run()).rejects.toMatchObject({
      code: "E_NO_ENGINE",
      message: expect.stringMatching(
        new RegExp(`no server answers at ${url};.*\`start\\(\\)\`, or .*\`belfry start\``),
      ),
      cause: expect.objectContaining({ code: "E_UNREACHABLE" }),
    });
    const fake = await startNamed();
    fake.faults.push(page(200));
    await expect(agnost.task("billOnDemand").run()).rejects.toMatchObject({ code: "E_NO_ENGINE" });
  });

  test("nothing at the address that nobody named: told at once, without another try", async () => {
    vi.stubEnv("BELFRY_URL", "");
    const refused = Object.assign(new TypeError("fetch failed"), { code: "ECONNREFUSED" });
    const asked = vi.spyOn(globalThis, "fetch").mockRejectedValue(refused);
    onTestFinished(() => asked.mockRestore());
    await expect(agnost.task("billOnDemand").run()).rejects.toMatchObject({
      code: "E_NO_ENGINE",
      fields: { url: "http://127.0.0.1:7411" },
    });
    expect(asked).toHaveBeenCalledTimes(1);
    asked.mockRejectedValueOnce(new TypeError("the connection broke"));
    asked.mockResolvedValueOnce(Response.json({ trackingId: id }, { status: 201 }));
    expect(await agnost.task("billOnDemand").run()).toMatchObject({ trackingId: id });
    expect(asked).toHaveBeenCalledTimes(3);
  });

  test("a trigger whose answer never came is no E_NO_ENGINE", async () => {
    const fake = await startNamed();
    fake.faults.push("dropAfter", "dropAfter", "dropAfter", "dropAfter");
    await expect(agnost.task("billOnDemand").run()).rejects.toMatchObject({ code: "E_OUTCOME_UNKNOWN" });
  });

  test("an URL that is none is said, by the methods", async () => {
    vi.stubEnv("BELFRY_URL", "not a url");
    const handle = agnost.task("billOnDemand");
    await expect(handle.run()).rejects.toMatchObject({ code: "E_OPTION", fields: { field: "BELFRY_URL" } });
  });
});

test("a started engine comes before the server, and the server after it was stopped", async () => {
  const fake = await startNamed();
  const belfry = createBelfry({ store: freshStore(), tasks: [defineTask({ name: "bill", handler: () => "here" })] });
  await belfry.start();
  expect(await agnost.task("bill").runAndWait()).toMatchObject({ result: "here" });
  const other = createBelfry({ store: freshStore() });
  await other.start();
  await expect(agnost.task("bill").run()).rejects.toMatchObject({ code: "E_ENGINE_AMBIGUOUS" });
  await other.stop();
  await belfry.stop();
  expect(fake.seen).toEqual([]);
  await agnost.task("bill").run();
  expect(fake.runs.size).toBe(1);
});
