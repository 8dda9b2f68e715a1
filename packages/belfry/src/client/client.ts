import type { Audit, AuditOptions, Explanation, Forecast } from "../api/account.ts";
import type { BelfryApi } from "../api/api.ts";
import type { NodeInfo } from "../api/nodes.ts";
import type { NameOf, TasksOf, TypesOf } from "../api/typed.ts";
import type { AsJson } from "../base/json.ts";
import { webClock } from "../clock/web.ts";
import type { Task } from "../task/definition.ts";
import { RemoteAccount } from "./account.ts";
import { RemoteBackfills } from "./backfills.ts";
import { Connection } from "./connection.ts";
import { RemoteDeploys } from "./deploys.ts";
import { RemoteKeys } from "./keys.ts";
import { type ClientOptions, type ClientSettings, parseClientOptions } from "./options.ts";
import { RemoteRuns } from "./runs.ts";
import { RemoteSchedules } from "./schedules.ts";
import { type ClientTask, RemoteTask } from "./task.ts";
import { RemoteTasks } from "./tasks.ts";

/**
 * A server's tasks, runs, schedules, backfills, deploys and keys: as an engine's own, over HTTP. Every call is tried up
 * to four times where the server is away (429, 502, 503, 504, no answer), and takes 30 s at most. A write goes under one
 * idempotency key however often it is sent; the making of an API key, which has none, and a skip of so many instants,
 * which counts from where the schedule is by then, are not sent again once they may have arrived. Rejects with the
 * server's own error; E_UNREACHABLE where no Belfry server answers; E_OUTCOME_UNKNOWN where a write was sent and nothing
 * came back.
 */
export interface BelfryClient<Tasks extends readonly Task[] = readonly Task[]> extends Omit<BelfryApi, "task"> {
  /** A task by its exact name; typed where the client knows its definition. Never throws; the handle's methods reject. */
  task<const Name extends NameOf<Tasks>>(
    name: Name,
  ): ClientTask<TypesOf<Tasks, Name>["input"], AsJson<TypesOf<Tasks, Name>["result"]>>;
  /** Types only, for `createClient<typeof client>()`; never there at run time. */
  readonly types?: { readonly tasks: Tasks };
}

/**
 * Makes a client; nothing is asked before its first call. `createClient<typeof belfry>()` and
 * `createClient<typeof tasks>()` (of a list, an object or a module of tasks) type its names, payloads and results.
 * Throws E_OPTION, E_OPTION_UNKNOWN or E_DURATION, naming the field.
 */
export function createClient<Source = readonly Task[]>(options: ClientOptions = {}): BelfryClient<TasksOf<Source>> {
  return new RemoteBelfry(parseClientOptions(options)) as BelfryClient as BelfryClient<TasksOf<Source>>;
}

/** A client with its settings given: what `createClient` makes. `isGuess`: nobody said that there is a server. */
export class RemoteBelfry implements BelfryClient {
  readonly tasks: RemoteTasks;
  readonly runs: RemoteRuns;
  readonly schedules: RemoteSchedules;
  readonly backfills: RemoteBackfills;
  readonly deploys: RemoteDeploys;
  readonly keys: RemoteKeys;
  readonly #account: RemoteAccount;
  readonly #connection: Connection;

  constructor(settings: ClientSettings, isGuess = false) {
    this.#connection = new Connection(settings, webClock, isGuess);
    this.tasks = new RemoteTasks(this.#connection);
    this.runs = new RemoteRuns(this.#connection);
    this.schedules = new RemoteSchedules(this.#connection);
    this.backfills = new RemoteBackfills(this.#connection);
    this.deploys = new RemoteDeploys(this.#connection);
    this.#account = new RemoteAccount(this.#connection);
    this.keys = new RemoteKeys(this.#connection);
  }

  task(name: string): ClientTask {
    return new RemoteTask(name, this.#connection);
  }

  explain(task: string, options: { at: Date; schedule?: string }): Promise<Explanation> {
    return this.#account.explain(task, options);
  }

  audit(options?: AuditOptions): Promise<Audit> {
    return this.#account.audit(options);
  }

  forecast(options?: { hours?: number }): Promise<Forecast> {
    return this.#account.forecast(options);
  }

  async nodes(): Promise<NodeInfo[]> {
    const request = { method: "GET", path: "/v1/nodes", field: "items" } as const;
    return (await this.#connection.ask<{ items: NodeInfo[] }>(request)).items;
  }
}
