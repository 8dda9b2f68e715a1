import { timingSafeEqual } from "node:crypto";
import { expect, test, vi } from "vitest";
import { openApp } from "./support/app.ts";

vi.mock("node:crypto", async (load) => {
  const real = await load<typeof import("node:crypto")>();
  return { ...real, timingSafeEqual: vi.fn(real.timingSafeEqual) };
});

test("a key is compared in constant time with every key, whichever it is and however wrong", async () => {
  const app = await openApp();
  const made = [];
  for (const name of ["first", "second", "revoked"]) made.push(await app.engine.keys.create({ name, scope: "admin" }));
  const [first = "", second = "", revoked = ""] = made.map(({ secret }) => secret);
  await app.engine.keys.revoke(made[2]?.id ?? "");
  const compared = vi.mocked(timingSafeEqual);
  const wrong = [
    `x${first.slice(1)}`,
    `${first.slice(0, -1)}x`,
    first.slice(0, 10),
    first.toUpperCase(),
    "x".repeat(5_000),
  ];
  for (const secret of [first, second, revoked, ...wrong]) {
    compared.mockClear();
    const response = await app.ask("/v1/keys", { headers: { authorization: `Bearer ${secret}` } });
    const isRight = secret === first || secret === second;
    expect([response.status, compared.mock.calls.length], secret).toEqual([isRight ? 200 : 401, made.length]);
    for (const [one, other] of compared.mock.calls) expect([one.byteLength, other.byteLength]).toEqual([32, 32]);
  }
});
