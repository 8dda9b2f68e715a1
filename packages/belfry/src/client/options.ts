import { type Duration, parseDuration } from "../base/duration.ts";
import { BelfryError } from "../base/errors.ts";
import { checkFunction, checkOptions, guarded, refuseOption } from "../base/options.ts";

/** How a client reaches its server. */
export interface ClientOptions {
  /**
   * Where the server is, without query or credentials; a path before `/v1` is kept. Default: the environment's
   * `BELFRY_URL` where there is one, else `http://127.0.0.1:7411`. Throws E_OPTION.
   */
  url?: string;
  /**
   * The API key, sent to that server only. Default: the environment's `BELFRY_API_KEY` where there is one, else none.
   * Throws E_OPTION.
   */
  apiKey?: string;
  /** What makes the requests. Default: the `fetch` of the runtime. */
  fetch?: typeof fetch;
  /**
   * How long a call may take, all its tries together, 1 ms to 1 h; of `runAndWait`, each time it asks. Default 30 s.
   * Throws E_DURATION.
   */
  timeout?: Duration;
  /** Aborted, it ends every call of this client: they reject with its reason. */
  signal?: AbortSignal;
}

/** The options, checked, with their defaults. */
export interface ClientSettings {
  /** Without a slash at its end. */
  readonly url: string;
  readonly apiKey: string | undefined;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Where a server is that nobody said anything about. */
const defaultUrl = "http://127.0.0.1:7411";

const knownOptions = ["url", "apiKey", "fetch", "timeout", "signal"];
const defaultTimeoutMs = 30_000;
const timeoutBounds = { min: 1, max: 3_600_000 };

/** Checks what `createClient` was given. Throws E_OPTION, E_OPTION_UNKNOWN or E_DURATION, naming the field. */
export function parseClientOptions(input: unknown): ClientSettings {
  const { url, apiKey, timeout, ...options } = checkOptions(input ?? {}, "createClient", knownOptions);
  return {
    url: url === undefined ? environmentUrl() : parseUrl(url, "url"),
    apiKey: apiKey === undefined ? environmentKey() : parseKey(apiKey, "apiKey"),
    fetch: checkFunction<typeof fetch>(options.fetch, "fetch") ?? ((...request) => globalThis.fetch(...request)),
    timeoutMs: timeout === undefined ? defaultTimeoutMs : parseDuration(timeout, "timeout", timeoutBounds),
    signal: checkSignal(options.signal),
  };
}

/** A signal, also of another realm, or undefined where absent. Throws E_OPTION. */
export function checkSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined) return undefined;
  return guarded(value, "signal", "an AbortSignal", () => {
    const signal = typeof value === "object" && value !== null ? (value as AbortSignal) : undefined;
    const isOne = typeof signal?.aborted === "boolean" && typeof signal.addEventListener === "function";
    return isOne ? signal : undefined;
  });
}

/** A variable of the environment, where there is one and it says something. */
export function environmentOf(name: "BELFRY_URL" | "BELFRY_API_KEY"): string | undefined {
  const host = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return host.process?.env?.[name] || undefined;
}

function environmentUrl(): string {
  const url = environmentOf("BELFRY_URL");
  return url === undefined ? defaultUrl : parseUrl(url, "BELFRY_URL");
}

function environmentKey(): string | undefined {
  const key = environmentOf("BELFRY_API_KEY");
  return key === undefined ? undefined : parseKey(key, "BELFRY_API_KEY");
}

const urlExpected = 'an http or https URL such as "http://127.0.0.1:7411", without credentials, query or fragment';

function parseUrl(value: unknown, field: string): string {
  if (typeof value !== "string" || !URL.canParse(value)) return refuseOption(field, hidden(value), urlExpected);
  const { protocol, username, password, origin, pathname, search, hash } = new URL(value);
  const isPlain = [username, password, search, hash].every((part) => part === "");
  if (!isPlain || !/^https?:$/.test(protocol)) return refuseOption(field, hidden(value), urlExpected);
  return origin + pathname.replace(/\/+$/, "");
}

/** A value as an error may show it: what may hold a secret is not shown. */
function hidden(value: unknown): unknown {
  return typeof value === "string" && /[@?#]/.test(value) ? "(not shown)" : value;
}

function parseKey(value: unknown, field: string): string {
  if (typeof value === "string" && /^[\x21-\x7e]{1,255}$/.test(value)) return value;
  const expected = "1 to 255 visible ASCII characters, as `belfry keys create` shows them";
  throw new BelfryError("E_OPTION", { field, value: "(not shown)", expected });
}
