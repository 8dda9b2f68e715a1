// Builds packages/belfry/dist from nothing, so that a file deleted from the source does not live on in the package.
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

const root = dirname(import.meta.dirname);
const tsc = join(root, "node_modules/typescript/bin/tsc");

rmSync(join(root, "packages/belfry/dist"), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [tsc, "-p", join(root, "packages/belfry/tsconfig.build.json")], {
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);
// What npm does for those who install the package; the workspace links to the file as it is.
chmodSync(join(root, "packages/belfry/dist/cli/main.js"), 0o755);
// The package carries the repository's own pages.
for (const page of ["README.md", "CHANGELOG.md"]) copyFileSync(join(root, page), join(root, "packages/belfry", page));
