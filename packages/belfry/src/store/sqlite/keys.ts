import type { KeyRow, KeyScope } from "../keys.ts";
import type { Connection } from "./connection.ts";
import type { Turn } from "./turn.ts";

/** `KeyStore.create`. */
export function createKey(
  { db, now }: Turn,
  { id, name, scope, hash, onlyFirst }: Omit<KeyRow, "createdAt" | "revokedAt"> & { onlyFirst: boolean },
): KeyRow | undefined {
  const sql = `INSERT INTO api_keys (id, name, scope, hash, created_at)
    SELECT ?, ?, ?, ?, ? WHERE NOT (? AND EXISTS (SELECT 1 FROM api_keys)) ON CONFLICT (id) DO NOTHING`;
  const isKept = db.run(sql, id, name, scope, hash, now, onlyFirst ? 1 : 0) > 0;
  return isKept ? { id, name, scope, hash, createdAt: now } : undefined;
}

/** `KeyStore.list`. */
export function listKeys(db: Connection): KeyRow[] {
  const sql = `SELECT id, name, scope, hash, created_at AS createdAt, revoked_at AS revokedAt FROM api_keys ORDER BY key`;
  return db
    .all<Omit<KeyRow, "scope" | "revokedAt"> & { scope: KeyScope; revokedAt: number | null }>(sql)
    .map(({ revokedAt, ...key }) => (revokedAt === null ? key : { ...key, revokedAt }));
}

/** `KeyStore.revoke`. */
export function revokeKey({ db, now }: Turn, id: string): "revoked" | "unknown" {
  if (db.value("SELECT 1 FROM api_keys WHERE id = ?", id) === undefined) return "unknown";
  db.run("UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", now, id);
  return "revoked";
}
