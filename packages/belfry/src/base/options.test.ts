import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { isBelfryError } from "./errors.ts";
import * as options from "./options.ts";

const known = ["name", "limit"];

/** What a check throws, as its code and message. */
function refusalOf(check: () => unknown): string {
  try {
    return `accepted: ${JSON.stringify(check())}`;
  } catch (error) {
    if (isBelfryError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
}

const trap = () => {
  throw new Error("trapped");
};
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
};

describe("options", () => {
  test("are copied, once: what is read later is what was checked", () => {
    let reads = 0;
    const given = {
      get name() {
        return `read ${++reads}`;
      },
      limit: undefined,
    };
    const copy = options.checkOptions(given, "run", known);
    expect([copy.name, copy.name, reads]).toEqual(["read 1", "read 1", 1]);
    expect(Object.keys(copy)).toEqual(known);
  });

  test("may come from a class or have no prototype", () => {
    class Given {
      get name() {
        return "inherited";
      }
    }
    expect(options.checkOptions(new Given(), "run", known)).toEqual({ name: "inherited" });
    expect(options.checkOptions(Object.assign(Object.create(null), { limit: 1 }), "run", known)).toEqual({ limit: 1 });
  });

  const refused: [string, unknown, string][] = [
    ["null", null, "E_OPTION: run is null; expected an object of options"],
    ["text", "name", 'E_OPTION: run is "name"; expected an object of options'],
    ["an array", [], "E_OPTION: run is an array of 0; expected an object of options"],
    ["a function", () => {}, "E_OPTION: run is a function; expected an object of options"],
    [
      "a getter that throws",
      {
        get name() {
          return trap();
        },
      },
      "E_OPTION: run is an object; expected an object of options that can be read",
    ],
    [
      "a Proxy that throws",
      new Proxy({}, { ownKeys: trap }),
      "E_OPTION: run is an object; expected an object of options that can be read",
    ],
    [
      "a revoked Proxy",
      revoked(),
      "E_OPTION: run is a value that cannot be read; expected an object of options that can be read",
    ],
    [
      "an unknown key",
      { limits: 1 },
      'E_OPTION_UNKNOWN: limits is no option of run (did you mean "limit"?); known are name, limit',
    ],
    ["one like no other", { colour: 1 }, "E_OPTION_UNKNOWN: colour is no option of run; known are name, limit"],
    [
      "one that is undefined",
      { colour: undefined },
      "E_OPTION_UNKNOWN: colour is no option of run; known are name, limit",
    ],
    [
      "__proto__",
      JSON.parse('{"__proto__":1}'),
      "E_OPTION_UNKNOWN: __proto__ is no option of run; known are name, limit",
    ],
    [
      "a long one",
      { ["x".repeat(999)]: 1 },
      `E_OPTION_UNKNOWN: ${"x".repeat(64)} is no option of run; known are name, limit`,
    ],
  ];
  for (const [name, value, expected] of refused) {
    test(`${name}: refused`, () => expect(refusalOf(() => options.checkOptions(value, "run", known))).toBe(expected));
  }
});

describe("a value of an option", () => {
  const checks = {
    integer: (value: unknown) => options.checkInteger(value, "limit", 1, 9),
    text: (value: unknown) => options.checkText(value, "reason", 5),
    oneOf: (value: unknown) => options.checkOneOf(value, "overlap", ["skip", "allow"]),
    boolean: (value: unknown) => options.checkBoolean(value, "work"),
    function: (value: unknown) => options.checkFunction(value, "handler"),
    date: (value: unknown) => options.checkDate(value, "from"),
    instant: (value: unknown) => options.checkInstant(value, "at"),
    array: (value: unknown) => options.readArray(value, "tasks", "at most two", 2),
  };

  const text = "E_OPTION: reason is %s; expected text of 1 to 5 characters, well-formed and without NUL";
  const whole = "E_OPTION: limit is %s; expected a whole number from 1 to 9";
  const answers: [keyof typeof checks, unknown, string][] = [
    ["integer", undefined, "accepted: undefined"],
    ["integer", 9, "accepted: 9"],
    ["integer", 0, whole.replace("%s", "0")],
    ["integer", 1.5, whole.replace("%s", "1.5")],
    ["integer", Number.NaN, whole.replace("%s", "NaN")],
    ["integer", "5", whole.replace("%s", '"5"')],
    ["integer", 5n, whole.replace("%s", "5n")],
    ["integer", null, whole.replace("%s", "null")],
    ["text", undefined, "accepted: undefined"],
    ["text", "🔔ab", 'accepted: "🔔ab"'],
    ["text", "", text.replace("%s", '""')],
    ["text", "abcdef", text.replace("%s", '"abcdef"')],
    ["text", "a\0", text.replace("%s", '"a\\u0000"')],
    ["text", "\ud83d", text.replace("%s", '"\\ud83d"')],
    ["text", 5, text.replace("%s", "5")],
    ["oneOf", "skip", 'accepted: "skip"'],
    ["oneOf", "SKIP", 'E_OPTION: overlap is "SKIP"; expected "skip" or "allow"'],
    ["oneOf", ["skip"], 'E_OPTION: overlap is an array of 1; expected "skip" or "allow"'],
    ["boolean", false, "accepted: false"],
    ["boolean", 0, "E_OPTION: work is 0; expected true or false"],
    ["boolean", null, "E_OPTION: work is null; expected true or false"],
    ["function", "f", 'E_OPTION: handler is "f"; expected a function'],
    ["function", null, "E_OPTION: handler is null; expected a function"],
    ["date", undefined, "accepted: undefined"],
    ["date", new Date(-1), "accepted: -1"],
    ["date", runInNewContext("new Date(5)"), "accepted: 5"],
    ["date", new Date(Number.NaN), "E_OPTION: from is an invalid Date; expected a valid Date"],
    ["date", 5, "E_OPTION: from is 5; expected a valid Date"],
    ["date", "2026-11-24", 'E_OPTION: from is "2026-11-24"; expected a valid Date'],
    ["date", new Proxy(new Date(), {}), "E_OPTION: from is a value that cannot be read; expected a valid Date"],
    ["instant", new Date(0), "accepted: 0"],
    ["instant", new Date(-1), "E_OPTION: at is 1969-12-31T23:59:59.999Z; expected a Date from 1970 to 2099"],
    [
      "instant",
      new Date(Date.UTC(2100, 0)),
      "E_OPTION: at is 2100-01-01T00:00:00.000Z; expected a Date from 1970 to 2099",
    ],
    ["array", [1, 2], "accepted: [1,2]"],
    ["array", [1, 2, 3], "E_OPTION: tasks is an array of 3; expected at most two"],
    ["array", { length: 1 }, "E_OPTION: tasks is an object; expected at most two"],
    ["array", revoked(), "E_OPTION: tasks is a value that cannot be read; expected at most two that can be read"],
  ];
  for (const [check, value, expected] of answers) {
    test(`${check}: ${expected}`, () => expect(refusalOf(() => checks[check](value))).toBe(expected));
  }
});
