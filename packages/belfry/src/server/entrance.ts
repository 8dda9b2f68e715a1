import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";
import { textOf } from "../base/text.ts";
import type { DoorOptions } from "../engine/door.ts";
import type { Instance } from "../engine/instance.ts";
import type { Logger } from "../engine/logger.ts";
import { type KeyScope, keyScopes } from "../store/keys.ts";
import { type Admission, admit, type DoorFacts } from "./door.ts";

/** What whoever hands a request to the app knows of it. */
export interface Bindings extends Partial<HttpBindings> {
  /**
   * Given by a server of our own only. `isLocal`: it is bound to a loopback address, and the peer is on one. Absent: a
   * host app hands the request in.
   */
  readonly own?: { readonly isLocal: boolean };
}

/** Hono's types for all that the app serves. */
export interface AppEnv {
  Bindings: Bindings;
  Variables: {
    admission: Admission;
    /** Whether who was let in would be again: for answers that take long. */
    stands: () => Promise<boolean>;
  };
}

/** Who decides at the door. */
export interface EntranceDeps {
  readonly engine: Instance;
  readonly logger: Logger;
  readonly door: DoorOptions;
}

/** Lets in who may come in; everybody to `openPaths`. */
export function entrance(deps: EntranceDeps, openPaths: ReadonlySet<string>): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    if (!openPaths.has(context.req.path)) {
      const facts = await factsOf(context, deps);
      context.set("admission", admit(facts));
      context.set("stands", () => stands(facts, deps.engine));
    }
    await next();
  };
}

/** Keys end, and a first one ends what needed none; whom `authorize` let in, stays. */
async function stands({ key, authorized }: DoorFacts, { keys }: Instance): Promise<boolean> {
  if (typeof key === "object") return keys.stands(key.id);
  return authorized !== undefined || !(await keys.exist());
}

async function factsOf(context: Context<AppEnv>, { engine, logger, door }: EntranceDeps): Promise<DoorFacts> {
  const { req, env } = context;
  const own = env?.own;
  const key = await verify(engine, req.header("authorization"));
  const isAsked = door.authorize !== undefined && typeof key !== "object";
  return {
    isMounted: own === undefined,
    isLocal: own?.isLocal ?? false,
    isWrite: req.method !== "GET" && req.method !== "HEAD",
    // A request of the Fetch API need not have the header.
    host: req.header("host") ?? (own ? undefined : new URL(req.url).host),
    origin: req.header("origin"),
    forwardedBy: forwardingHeader(req.raw.headers),
    keyInQuery: keyInQuery(req.url),
    keysExist: await engine.keys.exist(),
    key,
    authorized: isAsked ? await ask(door, req.raw, logger) : undefined,
    allowedHosts: door.allowedHosts,
  };
}

async function verify(engine: Instance, header: string | undefined): Promise<DoorFacts["key"]> {
  if (header === undefined) return "none";
  const secret = /^bearer +(\S+)$/i.exec(header)?.[1];
  return (secret === undefined ? undefined : await engine.keys.verify(secret)) ?? "unknown";
}

/** What the app's own `authorize` says; whatever is neither true nor a scope refuses. */
async function ask({ authorize }: DoorOptions, request: Request, logger: Logger): Promise<KeyScope | "refused"> {
  try {
    const { url, method, headers } = request;
    const answer = await authorize?.(new Request(url, { method, headers }));
    return answer === true ? "admin" : (keyScopes.find((scope) => scope === answer) ?? "refused");
  } catch (error) {
    logger.error(`belfry: \`authorize\` threw, which refuses the request: ${textOf(error)}`);
    return "refused";
  }
}

const forwarding = /^(?:forwarded|x-forwarded-.*|x-real-ip|via)$/;

function forwardingHeader(headers: Headers): string | undefined {
  return [...headers.keys()].find((name) => forwarding.test(name));
}

const keyNames = /^(?:api[-_]?key|access[-_]?token|auth|authorization|bearer|token)$/i;
const secretShape = /^belfry_[0-9a-f]{8}/;

function keyInQuery(url: string): string | undefined {
  const found = [...new URL(url).searchParams].find(([name, value]) => keyNames.test(name) || secretShape.test(value));
  return found && (keyNames.test(found[0]) ? found[0] : "that was sent");
}
