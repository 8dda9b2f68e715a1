import { describe, expect, test } from "vitest";
import { parseDoorOptions } from "./door.ts";

describe("allowedHosts", () => {
  test("are host names, with a port or without, in any case", () => {
    const given = ["belfry.example.com", "LocalHost:7411", "[::1]:80", "10.0.0.1", "my_host"];
    expect(parseDoorOptions({ allowedHosts: given }).allowedHosts).toEqual(given.map((host) => host.toLowerCase()));
    expect(parseDoorOptions({})).toEqual({ authorize: undefined, allowedHosts: undefined });
  });

  const refused: [string, unknown][] = [
    ["a URL", ["https://belfry.example.com"]],
    ["a path", ["belfry.example.com/x"]],
    ["a pattern", ["*.example.com"]],
    ["nothing", [""]],
    ["a port alone", [":7411"]],
    ["no port after the colon", ["localhost:"]],
    ["no text", [7411]],
    ["no list", "localhost"],
    ["an empty list", []],
    ["too many", Array.from({ length: 101 }, () => "localhost")],
  ];
  test.each(refused)("%s is refused", (_, allowedHosts) => {
    expect(() => parseDoorOptions({ allowedHosts })).toThrow(expect.objectContaining({ code: "E_OPTION" }));
  });
});

test("authorize is a function", () => {
  const authorize = () => true;
  expect(parseDoorOptions({ authorize }).authorize).toBe(authorize);
  expect(() => parseDoorOptions({ authorize: true })).toThrow("authorize is true; expected a function");
});
