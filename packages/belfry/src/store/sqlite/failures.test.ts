import { expect, test } from "vitest";
import { BelfryError } from "../../base/errors.ts";
import { fromWireError, isBroken, isBusy, isOfStore, toCommitError, toWireError, unknownOutcome } from "./failures.ts";

function sqliteError(errcode: number, errstr?: string): Error {
  return Object.assign(new Error("near SELECT secret FROM runs"), { errcode, errstr });
}

const table = [
  // Busy: plain, while another process recovers the log, and with an old snapshot.
  ...[5, 261, 517].map((code) => [code, "E_STORE_BUSY"] as const),
  [6, "E_STORE_BUSY"],
  ...[8, 264, 1288].map((code) => [code, "E_STORE_READONLY"] as const),
  ...[10, 778, 1034, 4874].map((code) => [code, "E_STORE_UNAVAILABLE"] as const),
  ...[11, 267].map((code) => [code, "E_STORE_CORRUPT"] as const),
  [13, "E_STORE_FULL"],
  ...[14, 270].map((code) => [code, "E_STORE_OPEN"] as const),
  [26, "E_STORE_NOT_DATABASE"],
  [7, "E_STORE_UNAVAILABLE"],
  [2067, "E_STORE_UNAVAILABLE"],
] as const;

test.each(table)("SQLite's result %d is %s, whatever its text says", (errcode, code) => {
  const wire = toWireError(sqliteError(errcode, "words"), "/tmp/belfry.db");
  expect(wire.code).toBe(code);
  const { message } = fromWireError(structuredClone(wire));
  expect(message).not.toMatch(/SELECT|undefined/);
});

test("an error of our own crosses as it is", () => {
  const wire = structuredClone(toWireError(new BelfryError("E_CURSOR", { value: "x" }), "f"));
  expect(fromWireError(wire)).toEqual(new BelfryError("E_CURSOR", { value: "x" }));
});

test("at COMMIT a full disk keeps the record out; of every other error nobody knows what it left", () => {
  expect(toCommitError(sqliteError(13), "f").code).toBe("E_STORE_FULL");
  for (const errcode of [10, 1034, 11, 14]) expect(toCommitError(sqliteError(errcode), "f")).toEqual(unknownOutcome());
});

test("what is the store's fault is not laid at a call, and a broken connection is opened anew", () => {
  const codes = [7, 10, 11, 14, 26];
  for (const errcode of codes)
    expect([isOfStore(sqliteError(errcode)), isBroken(sqliteError(errcode))]).toEqual([true, true]);
  for (const errcode of [8, 13])
    expect([isOfStore(sqliteError(errcode)), isBroken(sqliteError(errcode))]).toEqual([true, false]);
  for (const error of [sqliteError(2067), sqliteError(1299), new TypeError("no")]) expect(isOfStore(error)).toBe(false);
  expect([isBusy(sqliteError(261)), isBusy(sqliteError(10))]).toEqual([true, false]);
});
