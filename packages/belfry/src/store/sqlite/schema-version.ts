import { resolve } from "node:path";
import { migrations } from "./migrations.ts";
import { checkSchema, openReading } from "./opening.ts";

/** Which schema a file has, and the newest that this Belfry knows. The file has to be a store that was opened before. */
export function schemaVersionOf(file: string): { found: number; known: number } {
  const db = openReading(resolve(file));
  try {
    return { found: checkSchema(db, file), known: migrations.length };
  } finally {
    db.close();
  }
}
