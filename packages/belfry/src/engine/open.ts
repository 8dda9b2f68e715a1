import { BelfryError } from "../base/errors.ts";
import type { Store } from "../store/store.ts";

/**
 * Opens the store that a URL names; its driver is loaded only then. `sqlite:belfry.db` is a file beside the process,
 * `sqlite:/var/lib/belfry.db` one anywhere. Throws E_STORE_URL for every other kind.
 */
export async function openStore(url: string, options: { migrate: boolean }): Promise<Store> {
  const file = fileOf(url);
  const { openSqliteStore } = await import("../store/sqlite/store.ts");
  const { socketPresence } = await import("../store/socket.ts");
  return openSqliteStore({ file, migrate: options.migrate, presence: socketPresence(socketPrefixOf(file)) });
}

/** The file that a URL of a store names. Throws E_STORE_URL for every other kind. */
export function fileOf(url: string): string {
  const file = /^sqlite:(?:\/\/(?=\/[^/]))?(?!\/\/)(.+)$/.exec(url)?.[1];
  if (file === undefined || file.includes("\0")) throw new BelfryError("E_STORE_URL", { value: withoutSecrets(url) });
  return file;
}

/** What the names of its nodes' sockets begin with. */
export function socketPrefixOf(file: string): string {
  return `${file}.nodes`;
}

/** A URL as a message may show it. */
function withoutSecrets(url: string): string {
  return url.replace(/\/\/.*@/s, "//…@").replace(/\?.*/s, "?…");
}
