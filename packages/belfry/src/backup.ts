import { systemClock } from "./clock/system.ts";
import { fileOf, socketPrefixOf } from "./engine/open.ts";
import type { BackupReport, RestoreReport } from "./store/backup.ts";

export type { BackupReport, RestoreReport };

/**
 * Copies the store that `url` names into a new file, while engines work on it. All that was acknowledged before the
 * call is in the file, which opens by itself and has its name only once it is complete. Throws E_STORE_URL,
 * E_BACKUP_FILE (the file exists, or cannot be made), E_STORE_OPEN, E_STORE_FULL and what else the store brings.
 */
export async function backupStore(url: string, file: string): Promise<BackupReport> {
  const source = fileOf(url);
  const { backupSqlite } = await import("./store/sqlite/backup.ts");
  return backupSqlite({ source, target: file, clock: systemClock });
}

/**
 * Puts a backup in the place of the store that `url` names, and says what may run a second time. What stood there is
 * kept beside it. Tokens from before are refused for ever. Throws E_STORE_URL, E_BACKUP_FILE (no sound backup),
 * E_STORE_NEWER, E_STORE_IN_USE (a node lives on it, or a process has it open) and what opening a store throws.
 */
export async function restoreStore(file: string, url: string): Promise<RestoreReport> {
  const target = fileOf(url);
  const { restoreSqlite } = await import("./store/sqlite/restore.ts");
  const { socketPresence } = await import("./store/socket.ts");
  return restoreSqlite({ source: file, target, presence: socketPresence(socketPrefixOf(target)), clock: systemClock });
}
