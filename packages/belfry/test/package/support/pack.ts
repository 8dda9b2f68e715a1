import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { root } from "./pages.ts";
import { runWell } from "./run.ts";

const home = join(root, "packages/belfry");

/** The package as it would be published. */
export interface Packed {
  /** Where it was built. */
  readonly folder: string;
  readonly tarball: string;
  readonly files: readonly string[];
  readonly bytes: number;
  readonly unpackedBytes: number;
}

/** Builds the package anew, in a folder of its own that other tests leave alone, and packs it there. */
export async function pack(work: string): Promise<Packed> {
  const folder = join(work, "package");
  mkdirSync(folder);
  for (const name of ["package.json", "LICENSE"]) copyFileSync(join(home, name), join(folder, name));
  for (const page of ["README.md", "CHANGELOG.md"]) copyFileSync(join(root, page), join(folder, page));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const args = [tsc, "-p", join(home, "tsconfig.build.json"), "--outDir", join(folder, "dist")];
  await runWell(process.execPath, args, { cwd: root });
  const { stdout } = await runWell("npm", ["pack", "--json", "--pack-destination", work], { cwd: folder });
  type Made = { filename: string; size: number; unpackedSize: number; files: { path: string }[] };
  const [made] = JSON.parse(stdout) as Made[];
  if (!made) throw new Error(`npm pack said: ${stdout}`);
  const { filename, size: bytes, unpackedSize: unpackedBytes, files } = made;
  return {
    folder,
    tarball: join(work, basename(filename)),
    files: files.map(({ path }) => path),
    bytes,
    unpackedBytes,
  };
}

/** A fresh folder for packages and projects, and how to take it away. */
export function workFolder(): { work: string; remove: () => void } {
  const work = mkdtempSync(join(tmpdir(), "belfry-package-"));
  mkdirSync(join(work, "home"));
  return { work, remove: () => rmSync(work, { recursive: true, force: true }) };
}

/** The size of all files of a folder, and how many packages it holds. */
export function weigh(folder: string): { bytes: number; packages: number } {
  let [bytes, packages] = [0, 0];
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    bytes += statSync(join(entry.parentPath, entry.name)).size;
    if (entry.name === "package.json" && /node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+$/.test(entry.parentPath))
      packages += 1;
  }
  return { bytes, packages };
}

/** Bytes as people read them. */
export function sized(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
