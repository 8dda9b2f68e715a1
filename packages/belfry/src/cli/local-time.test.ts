import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { meantInstants } from "./local-time.ts";

const isoOf = (text: string, timezone?: string) =>
  meantInstants(text, timezone).instants.map((one) => one.toISOString());

describe("an instant as a person writes it", () => {
  test("with its offset it needs no zone, and takes none", () => {
    expect(meantInstants("2026-03-29T02:30:00+01:00", undefined)).toEqual({
      instants: [new Date("2026-03-29T01:30Z")],
    });
    expect(() => meantInstants("2026-03-29T02:30Z", "Europe/Berlin")).toThrow("--timezone");
  });

  test("a local time without a zone is UTC, and that is said", () => {
    const { instants, note } = meantInstants("2026-03-29T02:30", undefined);
    expect(instants).toEqual([new Date("2026-03-29T02:30Z")]);
    expect(note).toContain("UTC");
  });

  test("in a zone", () => {
    expect(isoOf("2026-01-01T02:30", "Europe/Berlin")).toEqual(["2026-01-01T01:30:00.000Z"]);
    expect(isoOf("2026-07-01", "America/New_York")).toEqual(["2026-07-01T04:00:00.000Z"]);
    expect(isoOf("2026-07-01T00:00:30", "+05:30")).toEqual(["2026-06-30T18:30:30.000Z"]);
    expect(meantInstants("2026-07-01", "Asia/Tokyo").note).toBeUndefined();
  });

  test("a time that comes twice is both, one that is left out moves by the gap", () => {
    expect(isoOf("2026-10-25T02:30", "Europe/Berlin")).toEqual([
      "2026-10-25T00:30:00.000Z",
      "2026-10-25T01:30:00.000Z",
    ]);
    const { instants, note } = meantInstants("2026-03-29T02:30", "Europe/Berlin");
    expect(instants).toEqual([new Date("2026-03-29T01:30Z")]);
    expect(note).toBe(
      "2026-03-29T02:30 does not exist in Europe/Berlin: the clocks leave it out; 2026-03-29T03:30 is taken",
    );
    expect(isoOf("2026-04-05T01:45", "Australia/Lord_Howe")).toHaveLength(2);
  });

  test.each(["tomorrow", "2026-02-30", "2026-03-29T2:30", "2026-03-29T24:01", ""])("%j is refused", (text) => {
    expect(() => meantInstants(text, undefined)).toThrow("--at is");
    expect(() => meantInstants(text, "Europe/Berlin")).toThrow("--at is");
  });

  test("every instant of 2000 to 2037 is among those that its wall time means", () => {
    const zones = fc.constantFrom(
      "Europe/Berlin",
      "America/St_Johns",
      "Australia/Lord_Howe",
      "Africa/Casablanca",
      "UTC",
    );
    const seconds = fc.integer({ min: Date.UTC(2000, 0, 2) / 1_000, max: Date.UTC(2037, 0, 1) / 1_000 });
    fc.assert(
      fc.property(zones, seconds, (timeZone, second) => {
        const at = new Date(second * 1_000);
        const wall = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" }).format(at);
        expect(isoOf(wall.replace(" ", "T"), timeZone)).toContain(at.toISOString());
      }),
    );
  });
});
