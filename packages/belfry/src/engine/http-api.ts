import type { IncomingMessage, ServerResponse } from "node:http";
import { textOf } from "../base/text.ts";
import type { Logger } from "./logger.ts";

/** The HTTP API, to be mounted in a host app. */
export interface HttpApi {
  /** Answers a request of the Fetch API. */
  fetch(request: Request): Promise<Response>;
  /** Answers a request of Node's `http` server. */
  listener(request: IncomingMessage, response: ServerResponse): void;
}

/** One that can be ended. */
export interface ServedApi extends HttpApi {
  /** Ends what is followed: streams of logs and events. */
  close(): void;
}

/** The HTTP API, loaded when it is first asked. Its methods work without their object, too. */
export class LateApi implements ServedApi {
  readonly #load: () => Promise<ServedApi>;
  readonly #logger: Logger;
  #api: Promise<ServedApi> | undefined;
  #isClosed = false;

  constructor(load: () => Promise<ServedApi>, logger: Logger) {
    this.#load = load;
    this.#logger = logger;
  }

  readonly fetch = async (request: Request): Promise<Response> => (await this.#loaded()).fetch(request);

  readonly listener = (request: IncomingMessage, response: ServerResponse): void => {
    this.#loaded().then(
      (api) => api.listener(request, response),
      (error) => {
        this.#logger.error(`belfry: the HTTP API could not be loaded: ${textOf(error)}`);
        response.writeHead(500).end();
      },
    );
  };

  /** Also what is loaded later is closed at once: it answers, and keeps nothing open. */
  close(): void {
    this.#isClosed = true;
    this.#api?.then(
      (api) => api.close(),
      (error) => this.#logger.debug(`belfry: the HTTP API was never loaded: ${textOf(error)}`),
    );
  }

  #loaded(): Promise<ServedApi> {
    if (!this.#api) {
      this.#api = this.#load();
      if (this.#isClosed) this.close();
    }
    return this.#api;
  }
}
