import { expect, test, vi } from "vitest";
import { LateApi } from "./http-api.ts";
import { defaultLogger } from "./logger.ts";

const made = () => ({ fetch: vi.fn(async () => new Response("here")), listener: vi.fn(), close: vi.fn() });

test("it is loaded when it is first asked, once, and closed with its engine", async () => {
  const api = made();
  const load = vi.fn(async () => api);
  const late = new LateApi(load, defaultLogger);
  expect(load).not.toHaveBeenCalled();
  const { fetch } = late;
  for (let n = 0; n < 2; n++) expect(await (await fetch(new Request("http://localhost/"))).text()).toBe("here");
  expect(load).toHaveBeenCalledTimes(1);
  late.close();
  await vi.waitUntil(() => api.close.mock.calls.length === 1);
});

test("what is first asked after that answers, and keeps nothing open", async () => {
  const api = made();
  const late = new LateApi(async () => api, defaultLogger);
  late.close();
  await late.fetch(new Request("http://localhost/"));
  await vi.waitUntil(() => api.close.mock.calls.length === 1);
});
