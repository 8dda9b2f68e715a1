import { onTestFinished } from "vitest";
import { systemClock } from "../../../src/clock/system.ts";
import type { DoorOptions } from "../../../src/engine/door.ts";
import { Instance } from "../../../src/engine/instance.ts";
import type { Logger } from "../../../src/engine/logger.ts";
import { parseBelfryOptions } from "../../../src/engine/options.ts";
import { createApp } from "../../../src/server/app.ts";
import type { AppDeps } from "../../../src/server/deps.ts";
import type { Bindings } from "../../../src/server/entrance.ts";
import { Hub } from "../../../src/server/hub.ts";
import { Metrics } from "../../../src/server/metrics.ts";
import { MemoryState } from "../../../src/store/memory/state.ts";
import { memoryStore } from "../../../src/store/memory/store.ts";
import type { Presence } from "../../../src/store/presence.ts";
import { openSqliteStore } from "../../../src/store/sqlite/store.ts";
import { Said } from "../../engine/support/ears.ts";
import { freshFile } from "../../engine/support/sqlite.ts";

export const storeKinds = ["memory", "sqlite"] as const;

interface Options extends DoorOptions {
  readonly store?: (typeof storeKinds)[number];
  readonly tasks?: readonly object[];
  readonly work?: boolean;
  /** Default true. */
  readonly isStarted?: boolean;
  /** What hands the requests in. Default: a server of our own, on this machine. */
  readonly bindings?: Bindings;
  /** Default: one that remembers. */
  readonly logger?: Logger;
  /** What the app is given in place of the engine's own parts. */
  readonly change?: (engine: Instance) => Instance;
}

/** The HTTP API over a real engine, asked without a socket; the engine is stopped at the test's end. */
export interface TestApp extends Pick<AppDeps, "engine" | "hub"> {
  readonly said: Said;
  /** Sends a request to this path, to the loopback host where no other is named. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** The same by POST, with this as JSON. */
  post(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

const unknownPresence: Presence = {
  listen: async () => undefined,
  probe: async () => "unknown",
  forget: async () => {},
  close: async () => {},
};

const openers = {
  memory: async () => memoryStore(new MemoryState(() => systemClock.now()), unknownPresence),
  sqlite: async () => openSqliteStore({ file: await freshFile(), presence: unknownPresence }),
};

export async function openApp(options: Options = {}): Promise<TestApp> {
  const { store = "memory", tasks = [], work = true, isStarted = true, change = (engine) => engine } = options;
  const { bindings = { own: { isLocal: true } }, authorize, allowedHosts } = options;
  const said = new Said();
  const parsed = parseBelfryOptions({ store: "sqlite:none", tasks, work, stopGrace: "5s", logger: said }, {});
  const engine = new Instance({
    ...{ open: openers[store], tasks, settings: parsed.settings, clock: systemClock, name: "served" },
    api: () => Promise.reject(new Error("nothing is mounted here")),
  });
  onTestFinished(() => engine.stop());
  if (isStarted) await engine.start();
  const shown = { clock: systemClock, logger: options.logger ?? said, engine: change(engine) };
  const hub = new Hub(shown);
  onTestFinished(() => hub.close());
  hub.open();
  const app = createApp({ ...shown, hub, metrics: new Metrics(shown), door: { authorize, allowedHosts } });
  const ask = async (path: string, init?: RequestInit) =>
    app.fetch(new Request(`http://localhost:7411${path}`, withHost(init)), bindings);
  const post = (path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    return ask(path, { method: "POST", ...json, headers: { "content-type": "application/json", ...headers } });
  };
  return { engine, hub, said, ask, post };
}

function withHost(init: RequestInit = {}): RequestInit {
  const headers = new Headers(init.headers);
  if (!headers.has("host")) headers.set("host", "localhost:7411");
  return { ...init, headers };
}

/** The problem of an answer; throws where it is none. */
export async function problemOf(response: Response): Promise<{ code: string; status: number; detail: string }> {
  const type = response.headers.get("content-type");
  const text = await response.text();
  if (type !== "application/problem+json") throw new Error(`${response.status} ${type} is no problem: ${text}`);
  return JSON.parse(text) as { code: string; status: number; detail: string };
}

/** Status and code, as in `404 E_ROUTE`; the status alone where all is well. */
export async function outcomeOf(response: Response): Promise<string> {
  if (response.ok) return String(response.status);
  const { code, status } = await problemOf(response);
  return status === response.status ? `${status} ${code}` : `${response.status} says ${status} ${code}`;
}
