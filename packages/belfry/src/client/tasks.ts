import type { Page } from "../api/page.ts";
import type { TaskInfo, Tasks } from "../api/tasks.ts";
import { checkOptions } from "../base/options.ts";
import type { Connection } from "./connection.ts";
import { queryOf, taskPath } from "./path.ts";

/** The tasks of a server's store: `client.tasks`. */
export class RemoteTasks implements Tasks {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async get(name: string): Promise<TaskInfo> {
    return this.#connection.ask<TaskInfo>({ method: "GET", path: taskPath(name), field: "name" });
  }

  async list(options: { limit?: number; cursor?: string } = {}): Promise<Page<TaskInfo>> {
    const path = `/v1/tasks${queryOf(checkOptions(options, "tasks.list", ["limit", "cursor"]))}`;
    return this.#connection.ask<Page<TaskInfo>>({ method: "GET", path, field: "items" });
  }
}
