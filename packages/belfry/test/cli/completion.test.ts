import { execFile, spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { belfry } from "./support/cli.ts";
import { command } from "./support/process.ts";
import { useProject } from "./support/project.ts";

const project = useProject();

async function offered(...words: string[]): Promise<string[]> {
  const { out, err, exit } = await belfry(["complete", "--", ...words], { cwd: project().folder });
  expect({ err, exit }).toEqual({ err: "", exit: 0 });
  return out === "" ? [] : out.trimEnd().split("\n");
}

describe("what is offered", () => {
  test("commands, and those below them", async () => {
    expect(await offered("ru")).toEqual(["run", "runs"]);
    expect(await offered("keys", "")).toEqual(["create", "list", "revoke", "help"]);
    expect(await offered("")).not.toContain("complete");
  });

  test("flags, and the words they know", async () => {
    expect(await offered("run", "x", "--pay")).toEqual(["--payload", "--payload-file"]);
    expect(await offered("runs", "--status", "p")).toEqual(["pending", "processing"]);
    expect(await offered("keys", "create", "--scope", "a")).toEqual(["admin"]);
    expect(await offered("completion", "")).toEqual(["bash", "zsh", "fish"]);
  });

  test("names of tasks, also after flags, of the store that is named", async () => {
    expect(await offered("run", "b")).toEqual(["billOnDemand"]);
    expect(await offered("run", "--reason", "why", "--wait", "two\\ ")).toEqual(["two words"]);
    expect(await offered("runs", "--task", "BILL")).toEqual(["billOnDemand"]);
    expect(await offered("run", "--store", project().store, "f")).toEqual(["fails"]);
    expect(await offered("run", "billOnDemand", "")).toEqual([]);
  });

  test("where a command may be left out, what it would take, too", async () => {
    expect(await offered("schedules", "")).toEqual([
      ...["list", "put", "delete", "help"],
      ...["billOnDemand", "fails", "off", "two words", "waits"],
    ]);
    expect(await offered("schedules", "off", "--fi")).toEqual(["--firings"]);
    expect(await offered("backfill", "off", "--order", "n")).toEqual(["newest"]);
    expect(await offered("deploys", "--app")).toEqual(["--app"]);
  });

  test("keys of the schedules of the task that is named", async () => {
    expect(await offered("pause", "off", "--schedule", "d")).toEqual(["default"]);
    expect(await offered("explain", "two\\ words", "--schedule", "")).toEqual(["default"]);
    expect(await offered("schedules", "delete", "off", "")).toEqual(["default"]);
    expect(await offered("audit", "--task", "off", "--schedule", "")).toEqual(["default"]);
    expect(await offered("audit", "--schedule", "")).toEqual([]);
  });

  test("ids of backfills", async () => {
    const options = { from: new Date("2020-01-01"), to: new Date("2020-01-02"), force: true };
    const { id } = await project().engine.schedules.backfill("two words", "default", options);
    expect(await offered("backfill", "show", "")).toEqual([id]);
    expect(await offered("backfill", "cancel", id.slice(0, 8))).toEqual([id]);
  });

  test("nothing, and no word of it, where nobody can be asked", async () => {
    expect(await offered("run", "--store=sqlite:none.db", "b")).toEqual([]);
    expect(await offered("run", "--url", "http://127.0.0.1:1", "b")).toEqual([]);
    expect(await offered("run", "--url", "x", "--store", "y", "b")).toEqual([]);
    expect(await offered("nonsense", "b")).toEqual([]);
  });
});

describe("the scripts", () => {
  test("each says how it is installed", async () => {
    for (const shell of ["bash", "zsh", "fish"]) {
      expect((await belfry(["completion", shell])).out).toContain(`belfry completion ${shell}`);
    }
  });

  /** What bash makes of these words, with the script read. */
  async function inBash(...words: string[]): Promise<string[]> {
    const { folder } = project();
    const own = join(folder, "belfry");
    writeFileSync(own, `#!/bin/sh\nexec ${command.map((word) => `'${word}'`).join(" ")} "$@"\n`);
    chmodSync(own, 0o755);
    const script = `eval "$(belfry completion bash)"; COMP_WORDS=(belfry "$@"); COMP_CWORD=$#; _belfry_complete
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const options = { cwd: folder, env: { PATH: `${folder}:${process.env.PATH}` } };
    const { stdout, stderr } = await promisify(execFile)("bash", ["--norc", "-c", script, "bash", ...words], options);
    expect(stderr).toBe("");
    return stdout.trimEnd().split("\n");
  }

  test("bash completes commands, flags and names, quoted where they need it", async () => {
    // Elsewhere the words that the script asks for are tried above.
    if (spawnSync("bash", ["--version"]).status !== 0) return;
    expect(await inBash("schedu")).toEqual(["schedules"]);
    expect(await inBash("run", "--idem")).toEqual(["--idempotency-key"]);
    expect(await inBash("run", "two")).toEqual(["two\\ words"]);
    expect(await inBash("run", "none")).toEqual([""]);
  });
});
