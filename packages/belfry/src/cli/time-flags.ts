import type { Command } from "commander";
import { gaps, repeats } from "../schedule/dst.ts";
import { oneOf } from "./flags.ts";

/** A cron pattern, and how it is read. */
export interface CronFlags {
  readonly cron?: string;
  readonly timezone?: string;
  readonly dstGap?: string;
  readonly dstRepeat?: string;
}

/** Gives a command with `--cron` the flags that say how that is read. */
export function addCronFlags(command: Command): Command {
  return command
    .option("--timezone <zone>", 'with --cron: its zone, such as "Europe/Berlin" (default UTC)')
    .addOption(oneOf("--dst-gap <rule>", "with --cron: local times that clocks leave out", gaps))
    .addOption(oneOf("--dst-repeat <rule>", "with --cron: local times that come twice", repeats));
}

/** What the flags say of the pattern; absent what they do not say. */
export function cronOf({ cron, timezone, dstGap, dstRepeat }: CronFlags): object {
  const dst = { ...(dstGap ? { gap: dstGap } : {}), ...(dstRepeat ? { repeat: dstRepeat } : {}) };
  return {
    ...(cron === undefined ? {} : { cron }),
    ...(timezone === undefined ? {} : { timezone }),
    ...(Object.keys(dst).length === 0 ? {} : { dst }),
  };
}
