import type { Plan } from "../api/account.ts";
import type { BelfryApi } from "../api/api.ts";
import type { TaskHandle } from "../api/handle.ts";
import type { NameOf, TypesOf } from "../api/typed.ts";
import type { AsJson } from "../base/json.ts";
import type { Task } from "../task/definition.ts";
import type { BelfryEvents } from "./events.ts";
import type { HttpApi } from "./http-api.ts";

/** An engine: what `createBelfry` answers. */
export interface Belfry<Tasks extends readonly Task[] = readonly Task[]> extends Omit<BelfryApi, "task"> {
  /**
   * Opens the store (and brings its schema up to date), applies the definitions, and runs what is due. Resolves when
   * this process is ready. A second call answers the first. Rejects an E_STORE_… code, E_TASK_DUPLICATE, E_PAYLOAD,
   * E_SQLITE_VERSION, and E_STOPPED after `stop()`; nothing is left open then, and it may be called again.
   */
  start(): Promise<void>;
  /**
   * Claims nothing more, waits for the handlers up to the grace (they may still trigger and read), gives the rest back
   * to other processes at once, and closes the store. A second call answers the first. Never rejects because the store
   * is away: that is given up after another grace.
   */
  stop(): Promise<void>;
  /** A task by its exact name; typed where this engine has its definition. Never throws. */
  task<const Name extends NameOf<Tasks>>(
    name: Name,
  ): TaskHandle<TypesOf<Tasks, Name>["input"], AsJson<TypesOf<Tasks, Name>["result"]>>;
  /**
   * What a start of this process's code would change: tasks and schedules added, removed and changed, with their next
   * firings before and after, what changing clocks do to them, and minutes in which much is due. Changes nothing.
   */
  plan(): Promise<Plan>;
  /** Listens to what happens on this node; answers what ends it. Events are hints: read again for what is true. */
  on<Name extends keyof BelfryEvents>(name: Name, listener: (event: BelfryEvents[Name]) => void): () => void;
  /**
   * Answers a request to the HTTP API, for any app that speaks the Fetch API; works without its object, too. What is
   * wrong is answered as problem+json: 403 (E_DOOR) until an API key was made or `authorize` is given.
   */
  readonly fetch: HttpApi["fetch"];
  /** The same for apps on Node's `http`: `app.use(belfry.listener)`, before anything that reads bodies. */
  readonly listener: HttpApi["listener"];
  /** Types only, for `createClient<typeof belfry>()`; never there at run time. */
  readonly types?: { readonly tasks: Tasks };
}
