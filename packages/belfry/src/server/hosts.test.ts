import { expect, test } from "vitest";
import { isAllowedHost, isLoopbackAddress, isLoopbackName, parseHost, parseOrigin } from "./hosts.ts";

test("a Host is a name and perhaps a port", () => {
  expect(parseHost("Belfry.Example.com:7411")).toEqual({ name: "belfry.example.com", port: "7411" });
  expect(parseHost("[::1]")).toEqual({ name: "[::1]" });
  expect(parseHost("a:80", "http")).toEqual({ name: "a" });
  expect(parseHost("a:80", "https")).toEqual({ name: "a", port: "80" });
  const none = [
    "",
    " a",
    "a b",
    "a:",
    "a:port",
    "a:123456",
    "me@a",
    "a/b",
    "a,b",
    "::1",
    "[::1",
    "-a",
    ".a",
    "ä",
    "x".repeat(300),
  ];
  for (const value of none) expect(parseHost(value), value).toBeUndefined();
  expect(parseHost(undefined)).toBeUndefined();
});

test("an Origin is a scheme of the web and a host", () => {
  expect(parseOrigin("HTTPS://a.example:443")).toEqual({ scheme: "https", name: "a.example" });
  expect(parseOrigin("http://a.example:8080")).toEqual({ scheme: "http", name: "a.example", port: "8080" });
  const none = [
    "null",
    "",
    "a.example",
    "ftp://a",
    "http://",
    "http://a/",
    "http://me@a",
    "file://",
    "http://a http://b",
  ];
  for (const value of none) expect(parseOrigin(value), value).toBeUndefined();
});

test("loopback is what cannot be elsewhere", () => {
  for (const name of ["localhost", "127.0.0.1", "127.255.255.255", "[::1]"])
    expect(isLoopbackName(name), name).toBe(true);
  const others = [
    "localhost.",
    "localhost.example.com",
    "127.0.0.256",
    "127.1",
    "128.0.0.1",
    "0.0.0.0",
    "[::]",
    "[::2]",
    "",
  ];
  for (const name of others) expect(isLoopbackName(name), name).toBe(false);
  for (const address of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "::FFFF:127.9.9.9"])
    expect(isLoopbackAddress(address), address).toBe(true);
  for (const address of ["::ffff:10.0.0.1", "10.0.0.1", "::", "", "fe80::1"])
    expect(isLoopbackAddress(address), address).toBe(false);
});

test("an allowed host names a port where only that one is meant", () => {
  const allowed = ["any.example", "one.example:8443", "own.example:443"];
  const is = (value: string) => isAllowedHost(parseHost(value) ?? { name: "" }, allowed);
  expect(["any.example", "any.example:1", "one.example:8443", "own.example", "own.example:443"].map(is)).not.toContain(
    false,
  );
  expect(["one.example", "one.example:1", "own.example:444", "sub.any.example", "none"].map(is)).not.toContain(true);
});
