import { isBelfryError } from "../../../src/base/errors.ts";
import type { Admission, DoorFacts } from "../../../src/server/door.ts";

/** A request from this machine to a server of our own, of whose store no key was ever made. */
const neighbour: DoorFacts = {
  isMounted: false,
  isLocal: true,
  isWrite: false,
  host: "localhost:7411",
  origin: undefined,
  forwardedBy: undefined,
  keyInQuery: undefined,
  keysExist: false,
  key: "none",
  authorized: undefined,
  allowedHosts: undefined,
};
/** A request from anywhere with a key that stands. */
const holder: DoorFacts = {
  ...neighbour,
  isLocal: false,
  host: "belfry.example.com",
  keysExist: true,
  key: { id: "9f86d081", name: "reports", scope: "trigger" },
};
const write = { isWrite: true };

interface Row {
  readonly what: string;
  readonly facts: DoorFacts;
  /** The scope it comes in with, or the code it is refused with. */
  readonly comes: string;
}

const row = (what: string, facts: DoorFacts, comes: string): Row => ({ what, facts, comes });

const withoutKeys = [
  row("a neighbour", neighbour, "admin"),
  row("a neighbour by 127.8.9.1", { ...neighbour, host: "127.8.9.1" }, "admin"),
  row("a neighbour by [::1]", { ...neighbour, host: "[::1]:7411" }, "admin"),
  row("a neighbour by LOCALHOST", { ...neighbour, host: "LOCALHOST:1" }, "admin"),
  row("a neighbour with a key that is none", { ...neighbour, key: "unknown" }, "admin"),
  row("a neighbour's own page", { ...neighbour, ...write, origin: "http://localhost:7411" }, "admin"),
  row("another machine", { ...neighbour, isLocal: false }, "E_DOOR"),
  row("rebinding: a foreign Host", { ...neighbour, host: "evil.example.com:7411" }, "E_DOOR"),
  row("rebinding: a Host that begins well", { ...neighbour, host: "localhost.evil.example.com" }, "E_DOOR"),
  row("rebinding: 127.0.0.1 as a label", { ...neighbour, host: "127.0.0.1.evil.example.com" }, "E_DOOR"),
  row("rebinding: an address that is none", { ...neighbour, host: "127.0.0.999" }, "E_DOOR"),
  row("a Host with a name before it", { ...neighbour, host: "me@localhost" }, "E_DOOR"),
  row("no Host", { ...neighbour, host: undefined }, "E_DOOR"),
  row("an empty Host", { ...neighbour, host: "" }, "E_DOOR"),
  row("the address of all", { ...neighbour, host: "0.0.0.0:7411" }, "E_DOOR"),
  row("passed on", { ...neighbour, forwardedBy: "x-forwarded-for" }, "E_DOOR"),
  row("a foreign Origin writes", { ...neighbour, ...write, origin: "https://evil.example.com" }, "E_DOOR"),
  row("an Origin of another port writes", { ...neighbour, ...write, origin: "http://localhost:3000" }, "E_DOOR"),
  row("no page's Origin writes", { ...neighbour, ...write, origin: "null" }, "E_DOOR"),
  row("an empty Origin writes", { ...neighbour, ...write, origin: "" }, "E_DOOR"),
  row("mounted", { ...neighbour, isMounted: true }, "E_DOOR"),
  row("a key in the query", { ...neighbour, keyInQuery: "token" }, "E_USAGE"),
];

const withKeys = [
  row("a key", holder, "trigger"),
  row("a key, passed on", { ...holder, forwardedBy: "via" }, "trigger"),
  row("a key, mounted", { ...holder, isMounted: true }, "trigger"),
  row("a key without a Host", { ...holder, host: undefined }, "trigger"),
  row("a key, and its own page writes", { ...holder, ...write, origin: "https://belfry.example.com" }, "trigger"),
  row("a key, and a foreign Origin writes", { ...holder, ...write, origin: "https://evil.example.com" }, "E_DOOR"),
  row("a key, and no page's Origin writes", { ...holder, ...write, origin: "null" }, "E_DOOR"),
  row("a key, an Origin and no Host", { ...holder, ...write, host: undefined, origin: "http://a" }, "E_DOOR"),
  row("no key", { ...holder, key: "none" }, "E_KEY_REQUIRED"),
  row("no key, from this machine", { ...neighbour, keysExist: true }, "E_KEY_REQUIRED"),
  row("a key that does not stand", { ...holder, key: "unknown" }, "E_KEY_REQUIRED"),
  row("no key, mounted", { ...holder, isMounted: true, key: "none" }, "E_KEY_REQUIRED"),
  row("a key and one in the query", { ...holder, keyInQuery: "api_key" }, "E_USAGE"),
];

const named: DoorFacts = { ...holder, allowedHosts: ["belfry.example.com", "other.example.com:8443"] };
const page = "https://other.example.com:8443";

const withNames = [
  row("an allowed Host", named, "trigger"),
  row("an allowed Host with a port", { ...named, host: "BELFRY.example.com:7411" }, "trigger"),
  row("another Host", { ...named, host: "evil.example.com" }, "E_DOOR"),
  row("no Host", { ...named, host: undefined }, "E_DOOR"),
  row("the Host of another port", { ...named, host: "other.example.com:8444" }, "E_DOOR"),
  row("an allowed Origin writes", { ...named, ...write, origin: page }, "trigger"),
  row("an allowed Origin of another port writes", { ...named, ...write, origin: `${page}1` }, "E_DOOR"),
];

const asked: DoorFacts = { ...neighbour, isLocal: false, isMounted: true, host: "app.example.com" };

const withAuthorize = [
  row("whom authorize lets in", { ...asked, authorized: "read" }, "read"),
  row("whom authorize refuses", { ...asked, authorized: "refused" }, "E_DOOR"),
  row("a neighbour whom authorize refuses", { ...neighbour, authorized: "refused" }, "E_DOOR"),
  row("a key where authorize is given", { ...holder, isMounted: true }, "trigger"),
  row(
    "whom authorize lets in, from a foreign Origin",
    { ...asked, ...write, authorized: "admin", origin: page },
    "E_DOOR",
  ),
];

const doorTable: readonly Row[] = [...withoutKeys, ...withKeys, ...withNames, ...withAuthorize];

/** Whom this door treats other than the table says. */
export function breaches(door: (facts: DoorFacts) => Admission): string[] {
  return doorTable.filter(({ facts, comes }) => outcome(door, facts) !== comes).map(({ what }) => what);
}

function outcome(door: (facts: DoorFacts) => Admission, facts: DoorFacts): string {
  try {
    return door(facts).scope;
  } catch (error) {
    if (isBelfryError(error)) return error.code;
    throw error;
  }
}
