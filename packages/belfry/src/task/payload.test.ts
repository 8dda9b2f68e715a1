import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { isBelfryError } from "../base/errors.ts";
import { decodePayload, encodePayload, payloadText } from "./payload.ts";
import type { StandardSchema } from "./schema.ts";

const owner = { task: "bill" };
const month = z.object({ month: z.string(), limit: z.number().default(10) });

/** A schema whose `validate` is this. */
function schemaOf(validate: (value: unknown) => unknown): StandardSchema {
  return { "~standard": { version: 1, vendor: "test", validate: validate as StandardSchema["~standard"]["validate"] } };
}

async function refusalOf(work: () => unknown): Promise<string> {
  try {
    return `accepted: ${JSON.stringify(await work())}`;
  } catch (error) {
    if (isBelfryError(error, "E_PAYLOAD")) return error.message;
    throw error;
  }
}

describe("a payload", () => {
  test("is kept as given, and parsed by its schema for each attempt", async () => {
    const text = await encodePayload(owner, month, { month: "2026-11" });
    expect(text).toBe('{"month":"2026-11"}');
    expect(await decodePayload(owner, month, text)).toEqual({ month: "2026-11", limit: 10 });
    expect(await decodePayload(owner, z.string().transform(Number), '"5"')).toBe(5);
  });

  test("without a schema comes back as it was given", async () => {
    expect(await encodePayload(owner, undefined, { a: [1, null] })).toBe('{"a":[1,null]}');
    expect(await decodePayload(owner, undefined, '{"a":[1,null]}')).toEqual({ a: [1, null] });
  });

  test("that is left out stays so, where the schema allows it", async () => {
    expect(await encodePayload(owner, undefined, undefined)).toBeUndefined();
    expect(await encodePayload(owner, month.optional(), undefined)).toBeUndefined();
    expect(await decodePayload(owner, z.string().default("all"), undefined)).toBe("all");
    expect(payloadText(owner, undefined)).toBeUndefined();
  });

  test("is not changed by a schema that writes into it", async () => {
    const meddler = schemaOf((value) => Object.assign(value as object, { month: "never" }) && { value });
    expect(await encodePayload(owner, meddler, { month: "2026-11" })).toBe('{"month":"2026-11"}');
  });

  test("may be checked by a schema that takes its time", async () => {
    const slow = schemaOf(async (value) => ({ value: [value] }));
    expect(await decodePayload(owner, slow, "1")).toEqual([1]);
  });
});

const required = 'payload of task "bill" was refused by its schema: Invalid input: expected object, received undefined';

describe("a payload is refused, naming place and problem", () => {
  test.each<[string, StandardSchema | undefined, unknown, string]>([
    ["one that is missing", month, undefined, required],
    [
      "one of another shape",
      month,
      { month: 5 },
      'payload.month of task "bill" was refused by its schema: Invalid input: expected string, received number',
    ],
    [
      "a place in an array",
      z.array(z.object({ a: z.string() })),
      [{ a: "x" }, {}],
      'payload[1].a of task "bill" was refused by its schema: Invalid input: expected string, received undefined',
    ],
    [
      "what JSON cannot say",
      month,
      { month: 1n },
      'payload.month of task "bill" is of type bigint, which JSON cannot say',
    ],
    [
      "one that is too large",
      undefined,
      "x".repeat(256 * 1_024),
      'payload of task "bill" is more than 262144 bytes as JSON; at most 262144 are kept',
    ],
    [
      "a schema that throws",
      schemaOf(() => {
        throw new TypeError("broken");
      }),
      1,
      'payload of task "bill" could not be checked, since its schema threw TypeError: broken',
    ],
    [
      "a schema that rejects",
      schemaOf(async () => Promise.reject(new TypeError("broken"))),
      1,
      'payload of task "bill" could not be checked, since its schema threw TypeError: broken',
    ],
    [
      "a schema that answers nothing",
      schemaOf(() => undefined),
      1,
      'payload of task "bill" could not be checked, since its schema threw TypeError:',
    ],
    [
      "issues that are none",
      schemaOf(() => ({ issues: 5 })),
      1,
      'payload of task "bill" could not be checked, since its schema threw TypeError:',
    ],
    [
      "no issue at all",
      schemaOf(() => ({ issues: [] })),
      1,
      'payload of task "bill" was refused by its schema: no reason given',
    ],
    [
      "a path of keys",
      schemaOf(() => ({ issues: [{ message: "no", path: [{ key: "a" }, 0, Symbol("s")] }] })),
      1,
      'payload.a[0].Symbol(s) of task "bill" was refused by its schema: no',
    ],
  ])("%s", async (_, schema, value, expected) => {
    const refusal = await refusalOf(() => encodePayload(owner, schema, value));
    expect(refusal.startsWith(expected), refusal).toBe(true);
  });

  test("a schedule's names its key", async () => {
    const refusal = await refusalOf(() => decodePayload({ task: "bill", schedule: "monthly" }, month, undefined));
    expect(refusal).toBe(required.replace("payload", 'payload in schedule "monthly"'));
  });

  test("a schema's own error is the cause", async () => {
    const cause = new TypeError("broken");
    const broken = schemaOf(() => {
      throw cause;
    });
    await expect(encodePayload(owner, broken, 1)).rejects.toMatchObject({ code: "E_PAYLOAD", cause });
  });
});

test("every JSON payload comes back the same", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      const refusal = await refusalOf(async () => {
        expect(await decodePayload(owner, z.any(), await encodePayload(owner, z.any(), plain))).toEqual(plain);
      });
      expect(refusal).toMatch(/^accepted|surrogate|NUL|__proto__/);
    }),
  );
});
