import { BelfryError } from "../base/errors.ts";
import { type KeyScope, keyScopes } from "../store/keys.ts";
import { isAllowedHost, isLoopbackName, parseHost, parseOrigin } from "./hosts.ts";

/** What is known of a request when it comes to the door. */
export interface DoorFacts {
  /** Whether a host app hands it in, instead of a server of our own. */
  readonly isMounted: boolean;
  /** Whether the listener is bound to a loopback address and the peer is on one. */
  readonly isLocal: boolean;
  /** Whether it may change something: any method but GET and HEAD. */
  readonly isWrite: boolean;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** The first header that says that somebody passed it on. */
  readonly forwardedBy: string | undefined;
  /** The name of a query parameter that holds a key. */
  readonly keyInQuery: string | undefined;
  /** Whether an API key was ever made. */
  readonly keysExist: boolean;
  /** `none`: no key was sent; `unknown`: none of ours, or one that was revoked. */
  readonly key: { readonly id: string; readonly name: string; readonly scope: KeyScope } | "none" | "unknown";
  /** What `authorize` said; undefined where it is not given, or was not asked since a key opens. */
  readonly authorized: KeyScope | "refused" | undefined;
  readonly allowedHosts: readonly string[] | undefined;
}

/** Who came in, and how far. */
export interface Admission {
  /** For messages. */
  readonly holder: string;
  /** For the record of who changed something: the name of the API key, where one opened. */
  readonly author?: string;
  readonly scope: KeyScope;
}

/**
 * The door: who may come in. Without any key ever made, only who is on this machine, asks by a loopback name and was not
 * passed on; after that, only who has a standing key or whom `authorize` lets in. Throws E_DOOR, E_KEY_REQUIRED and
 * E_USAGE, saying why.
 */
export function admit(facts: DoorFacts): Admission {
  const { keyInQuery, key, authorized } = facts;
  if (keyInQuery !== undefined) refuseKeyInQuery(keyInQuery);
  const isOpenToKeys = facts.keysExist || authorized !== undefined;
  if (isOpenToKeys) checkHost(facts);
  else checkNeighbour(facts);
  if (facts.isWrite) checkOrigin(facts);
  if (!isOpenToKeys) return { holder: "who asks from this machine", scope: "admin" };
  if (typeof key === "object") {
    return { holder: `key ${key.id}`, author: key.name, scope: key.scope };
  }
  if (authorized === "refused") refuse("the app's `authorize` did not let this request in");
  if (authorized !== undefined) return { holder: "who `authorize` lets in", scope: authorized };
  const problem = key === "none" ? "this needs an API key" : "the API key that was sent is unknown or was revoked";
  throw new BelfryError("E_KEY_REQUIRED", { problem });
}

/** Throws E_FORBIDDEN where who came in may not go so far. */
export function checkScope({ holder, scope }: Admission, needed: KeyScope): void {
  if (keyScopes.indexOf(scope) < keyScopes.indexOf(needed)) {
    throw new BelfryError("E_FORBIDDEN", { holder, scope, needed });
  }
}

function checkNeighbour({ isMounted, isLocal, host, forwardedBy }: DoorFacts): void {
  if (isMounted) refuse("an app's own Belfry answers once an API key was made or `authorize` is given");
  if (!isLocal) refuse("until an API key was made, only this machine may ask; make one with `belfry keys create`");
  if (forwardedBy !== undefined) {
    refuse(`until an API key was made, nothing that was passed on is answered; this has the header ${forwardedBy}`);
  }
  const name = parseHost(host)?.name;
  if (name === undefined || !isLoopbackName(name)) {
    refuse("until an API key was made, Host must be a loopback name such as localhost or 127.0.0.1");
  }
}

function checkHost({ host, allowedHosts }: DoorFacts): void {
  if (allowedHosts === undefined) return;
  const parsed = parseHost(host);
  if (!parsed || !isAllowedHost(parsed, allowedHosts)) refuse("this Host is not among `allowedHosts`");
}

/** A browser says whose page it is that wants to change something. */
function checkOrigin({ origin, host, allowedHosts = [] }: DoorFacts): void {
  if (origin === undefined) return;
  const from = parseOrigin(origin);
  const own = parseHost(host, from?.scheme);
  const isOwn = from !== undefined && own?.name === from.name && own.port === from.port;
  if (isOwn || (from !== undefined && isAllowedHost(from, allowedHosts))) return;
  refuse("pages of another Origin may not change anything here; `allowedHosts` can name them");
}

function refuseKeyInQuery(name: string): never {
  const problem = `the query parameter ${name} holds a key; addresses end up in logs and histories, so send it as \`Authorization: Bearer <key>\` and make a new one`;
  throw new BelfryError("E_USAGE", { problem });
}

function refuse(problem: string): never {
  throw new BelfryError("E_DOOR", { problem });
}
