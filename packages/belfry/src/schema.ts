import { fileOf } from "./engine/open.ts";

/**
 * Which schema the store that `url` names has, and the newest that this Belfry knows. For a store that an engine has
 * opened. Throws E_STORE_URL, E_STORE_NEWER.
 */
export async function schemaOf(url: string): Promise<{ found: number; known: number }> {
  const file = fileOf(url);
  const { schemaVersionOf } = await import("./store/sqlite/schema-version.ts");
  return schemaVersionOf(file);
}
