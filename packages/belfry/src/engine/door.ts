import { limits } from "../base/limits.ts";
import { checkFunction, readArray, refuseOption } from "../base/options.ts";
import type { KeyScope } from "../store/keys.ts";

/**
 * Decides about a request that no API key opens: false refuses it, a scope lets it in so far, true as `admin`. The
 * request has no body. What it throws refuses the request, and is logged.
 */
export type Authorize = (request: Request) => boolean | KeyScope | Promise<boolean | KeyScope>;

/** What the user says about who may come in over HTTP. */
export interface DoorOptions {
  readonly authorize?: Authorize;
  /** In lower case. */
  readonly allowedHosts?: readonly string[];
}

/** A host with its port or none, in lower case: its name and its port. */
export const hostShape = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[a-z0-9._-]{0,252}))(?::(\d{1,5}))?$/;

/** Checks the options of the door. Throws E_OPTION. */
export function parseDoorOptions(options: { authorize?: unknown; allowedHosts?: unknown }): DoorOptions {
  const authorize = checkFunction<Authorize>(options.authorize, "authorize");
  const allowedHosts = options.allowedHosts === undefined ? undefined : parseHosts(options.allowedHosts);
  return { authorize, allowedHosts };
}

function parseHosts(value: unknown): string[] {
  const expected = `an array of 1 to ${limits.allowedHostsMax} host names`;
  const hosts = readArray(value, "allowedHosts", expected, limits.allowedHostsMax);
  if (hosts.length === 0) refuseOption("allowedHosts", value, expected);
  return hosts.map((host, index) => {
    const name = typeof host === "string" ? host.toLowerCase() : "";
    if (hostShape.test(name)) return name;
    return refuseOption(`allowedHosts[${index}]`, host, 'a host such as "belfry.example.com" or "localhost:7411"');
  });
}
