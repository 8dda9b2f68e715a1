import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { BelfryError } from "../../src/base/errors.ts";
import { reportError } from "../../src/cli/exit.ts";
import { systemClock } from "../../src/clock/system.ts";

/** What is said of an error, and the exit code. */
function reported(error: unknown, { isJson = false, environment = {} } = {}) {
  const [stderr, codes] = [new PassThrough(), [] as number[]];
  const rest = { stdin: new PassThrough(), stdout: new PassThrough(), clock: systemClock, cwd: "/", isTty: false };
  const context = { ...rest, stderr, environment, exit: (code: number) => codes.push(code), onSignal: () => () => {} };
  reportError(error, context, isJson);
  return { err: String(stderr.read()), codes };
}

const bug = new RangeError("out of\nrange");

test("an error that nobody foresaw is told as a bug, its stack only to who asks for it", () => {
  const { err, codes } = reported(bug);
  expect(codes).toEqual([1]);
  expect(err).toMatch(/^belfry: out of\\u000arange; this is a bug in Belfry: [^\n]+\n$/);
  const debug = reported(bug, { environment: { BELFRY_LOG_LEVEL: "debug" } });
  expect(debug.err).toContain("exit.test.ts");
  expect(JSON.parse(reported(bug, { isJson: true }).err)).toMatchObject({ code: "E_INTERNAL" });
});

test("an error of Belfry's never brings its stack, not even to who asks for it", () => {
  const error = new BelfryError("E_TASK_DISABLED", { task: "bill" });
  const { err, codes } = reported(error, { environment: { BELFRY_LOG_LEVEL: "debug" } });
  expect({ err, codes }).toEqual({ err: `belfry: ${error.message}\n`, codes: [1] });
  expect(reported(error, { isJson: true }).err).toBe(
    `${JSON.stringify({ code: "E_TASK_DISABLED", message: error.message })}\n`,
  );
});

test("what is thrown and no error at all is told too", () => {
  expect(reported(undefined).codes).toEqual([1]);
  expect(reported(Object.assign(new Error("x"), { message: 5 })).err).toMatch(/^belfry: 5; this is a bug/);
  expect(
    reported({
      toString: () => {
        throw bug;
      },
    }).err,
  ).toMatch(/^belfry: \(a value without text\); this is a bug/);
});
