import { access, constants, stat, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { BelfryError } from "../../base/errors.ts";

/** File systems whose files several machines share, by the number that Linux gives them. */
const networkTypes = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xfe534d42, "SMB"],
  [0xff534d42, "CIFS"],
  [0x564c, "NCP"],
  [0x5346414f, "AFS"],
  [0x6b414653, "AFS"],
  [0x73757245, "Coda"],
  [0xc36400, "Ceph"],
  [0xbd00bd0, "Lustre"],
  [0x47504653, "GPFS"],
  [0x1161970, "GFS2"],
  [0x7461636f, "OCFS2"],
]);

/** The newest SQLite that can damage a file in WAL mode is older than this. */
const sqliteMin = [3, 51, 3] as const;

/** Throws E_SQLITE_VERSION where this Node's SQLite is too old. */
export function checkSqlite(version: string | undefined = process.versions.sqlite): void {
  const parts = (version ?? "0").split(".").map(Number);
  for (const [index, least] of sqliteMin.entries()) {
    const part = parts[index] ?? 0;
    if (part > least) return;
    if (part < least) throw new BelfryError("E_SQLITE_VERSION", { value: version });
  }
}

/** Throws E_STORE_FILESYSTEM for the number of a network file system. */
export function checkFileSystem(file: string, type: number): void {
  const name = networkTypes.get(type >>> 0);
  if (name) throw new BelfryError("E_STORE_FILESYSTEM", { value: file, type: name });
}

/**
 * The file's whole path. Throws E_STORE_OPEN for a place that cannot hold it, E_STORE_READONLY where this process may not
 * write, E_STORE_FILESYSTEM for a network's.
 */
export async function checkPlace(file: string, migrate: boolean): Promise<string> {
  const refuse = (detail: string) => new BelfryError("E_STORE_OPEN", { value: file, detail });
  if (file === "" || file.includes("\0")) throw refuse("that names no file");
  const path = resolve(file);
  const folder = dirname(path);
  const parent = await stat(folder).catch(() => undefined);
  if (!parent) throw refuse(`its folder ${folder} does not exist; make it first`);
  if (!parent.isDirectory()) throw refuse(`${folder} is no folder`);
  const known = await stat(path).catch(() => undefined);
  if (known && !known.isFile())
    throw refuse(known.isDirectory() ? "it is a folder; name a file in it" : "it is no plain file");
  if (!known && !migrate) throw refuse("it does not exist; open it once with `migrate: true`, or run `belfry migrate`");
  // The folder too: SQLite keeps its log beside the file.
  for (const place of known ? [folder, path] : [folder]) {
    const isWritable = await access(place, constants.W_OK).then(
      () => true,
      () => false,
    );
    if (!isWritable) throw new BelfryError("E_STORE_READONLY", { value: file });
  }
  checkFileSystem(file, (await statfs(folder)).type);
  return path;
}
