import type { Command } from "commander";
import type { NodeInfo } from "../../api/nodes.ts";
import type { CliContext } from "../context.ts";
import { addExamples, addRemoteFlags, type RemoteFlags } from "../flags.ts";
import { withApi } from "../remote.ts";
import type { Column } from "../table.ts";

/** `belfry nodes`: the processes that work on the store. */
export function registerNodes(program: Command, context: CliContext): void {
  const command = program.command("nodes").description("list the processes that work on the store");
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry nodes", "who works, and on how many runs"],
    ["belfry nodes --json | jq '.items | length'", "how many there are"],
  ]);
  command.action((flags: RemoteFlags) =>
    withApi(flags, context, async ({ api, output }) => {
      const items = await api.nodes();
      output.answer({ items }, () => output.table(columns, items, "no nodes"));
    }),
  );
}

const columns: Column<NodeInfo>[] = [
  { title: "node", of: (node) => node.name },
  { title: "epoch", of: (node) => node.epoch },
  { title: "startedAt", of: (node) => node.startedAt },
  { title: "leaseExpiresAt", of: (node) => node.leaseExpiresAt },
  { title: "running", of: (node) => node.running },
];
