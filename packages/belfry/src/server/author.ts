import type { Context } from "hono";
import type { AppEnv } from "./entrance.ts";

/** A request's options with who asked: whom it names, else the API key that opened. */
export function signed<Options extends { author?: string | undefined }>(options: Options, context: Context<AppEnv>) {
  return { ...options, author: options.author ?? context.get("admission").author };
}
