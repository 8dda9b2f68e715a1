import { accessSync, constants } from "node:fs";
import { dirname, resolve } from "node:path";
import { show } from "../../base/errors.ts";
import { refuseUsage } from "../exit.ts";
import { statOf } from "./stat.ts";

/**
 * The project's folder that a command line names, absolute: the argument, else where its config is, else the current
 * one. Throws E_USAGE where there is none that can be read.
 */
export function projectFolder(cwd: string, given: string | undefined, config: string | undefined): string {
  const dir = given ?? (config === undefined ? "." : dirname(config));
  const folder = resolve(cwd, dir);
  const stat = statOf(folder);
  if (!stat) refuseUsage(`there is no folder ${show(dir)}; \`belfry init ${dir}\` makes one`);
  if (!stat.isDirectory()) refuseUsage(`${show(dir)} is a file; expected the project's folder`);
  try {
    accessSync(folder, constants.R_OK | constants.X_OK);
  } catch {
    refuseUsage(`folder ${show(dir)} cannot be read; give this user the right to`);
  }
  return folder;
}
