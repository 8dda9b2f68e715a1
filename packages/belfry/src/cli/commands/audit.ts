import type { Command } from "commander";
import type { Audit, AuditFinding } from "../../api/account.ts";
import type { CliContext } from "../context.ts";
import { addExamples, addRemoteFlags, instant, type RemoteFlags } from "../flags.ts";
import type { Output } from "../output.ts";
import { withApi } from "../remote.ts";
import type { Column } from "../table.ts";

interface AuditFlags extends RemoteFlags {
  readonly task?: string;
  readonly schedule?: string;
  readonly from?: Date;
  readonly to?: Date;
}

/** `belfry audit`: proves the ledger. */
export function registerAudit(program: Command, context: CliContext): void {
  const command = program
    .command("audit")
    .description(
      "compute again what every schedule was due and compare it with its ledger; exit code 1 when something is wrong",
    )
    .option("--task <name>", "of this task")
    .option("--schedule <key>", "the schedule with this key")
    .option("--from <instant>", "from here on (default: as far back as the ledger reaches)", instant("--from"))
    .option("--to <instant>", "up to here (default: now)", instant("--to"));
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry audit", "every schedule, all that is kept"],
    ["belfry audit --task billOnDemand --from 2026-11-01", "of one task, this month"],
  ]);
  command.action((flags: AuditFlags) =>
    withApi(flags, context, async ({ api, output }) => {
      const { task, schedule, from, to } = flags;
      const audit = await api.audit({ task, schedule, from, to });
      output.answer(audit, () => print(audit, output));
      if (audit.found > 0) context.exit(1);
    }),
  );
}

function print({ findings, found, notFired, ...counts }: Audit, output: Output): void {
  const { from, to, schedules, instants, fired } = counts;
  output.record({ from, to, schedules, instants, fired, ...notFired, found });
  if (found === 0) return;
  output.line("");
  output.table(columns(output), findings, "");
  if (found > findings.length) output.line(`and ${found - findings.length} more`);
}

function columns(output: Output): Column<AuditFinding>[] {
  return [
    { title: "task", of: (one) => one.task },
    { title: "schedule", of: (one) => one.schedule },
    { title: "finding", of: (one) => one.kind, style: (cell) => output.style("red", cell) },
    { title: "instant", of: (one) => one.instant },
    { title: "what", of: (one) => one.text },
  ];
}
