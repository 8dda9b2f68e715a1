import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits } from "../base/limits.ts";
import { checkTrackingId, makeId } from "./id.ts";

const chance = "b9a84d607cd79044";

describe("a new id", () => {
  test.each<[string, number, string]>([
    ["the seed's example", 0x6237b225 * 1_000 + 966, "6237b225b9a84d607cd79044"],
    ["1970", 0, "00000000b9a84d607cd79044"],
    ["the end of 2099", limits.instantMax, "f48656ffb9a84d607cd79044"],
    ["beyond 2106", 2 ** 32 * 1_000, "00000000b9a84d607cd79044"],
  ])("%s: the seconds, then chance", (_, nowMs, id) => expect(makeId(nowMs, chance)).toBe(id));

  test("is well-formed at every time, and ids sort by their second", () => {
    const time = fc.integer({ min: limits.instantMin, max: limits.instantMax });
    fc.assert(
      fc.property(time, time, (one, other) => {
        const [a, b] = [makeId(one, chance), makeId(other, chance)];
        expect(checkTrackingId(a)).toBe(a);
        expect(Math.sign(a < b ? -1 : a > b ? 1 : 0)).toBe(
          Math.sign(Math.floor(one / 1_000) - Math.floor(other / 1_000)),
        );
      }),
    );
  });
});

describe("a malformed tracking id is refused, with its value", () => {
  const value = (shown: string) => `tracking id ${shown} is malformed; expected 24 characters of 0-9 and a-f`;
  test.each<[string, unknown, string]>([
    ["missing", undefined, "undefined"],
    ["null", null, "null"],
    ["empty", "", '""'],
    ["upper case", "6237B225B9A84D607CD79044", '"6237B225B9A84D607CD79044"'],
    ["too short", "6237b225b9a84d607cd7904", '"6237b225b9a84d607cd7904"'],
    ["too long", "6237b225b9a84d607cd790440", '"6237b225b9a84d607cd790440"'],
    ["no hex", "6237b225b9a84d607cd7904g", '"6237b225b9a84d607cd7904g"'],
    ["with a blank", " 6237b225b9a84d607cd79044", '" 6237b225b9a84d607cd79044"'],
    ["with a line break", "6237b225b9a84d607cd79044\n", '"6237b225b9a84d607cd79044\\n"'],
    ["full-width digits", "６237b225b9a84d607cd79044", '"６237b225b9a84d607cd79044"'],
    ["a number", 6237, "6237"],
    ["an array of one", ["6237b225b9a84d607cd79044"], "an array of 1"],
    ["a String object", new String("6237b225b9a84d607cd79044"), "an object"],
    ["what says it is one", { toString: () => "6237b225b9a84d607cd79044" }, "an object"],
  ])("%s", (_, id, shown) => {
    expect(() => checkTrackingId(id)).toThrow(
      expect.objectContaining({ code: "E_TRACKING_ID", message: value(shown) }),
    );
  });
});
