import { formatDuration } from "../base/duration.ts";
import { type ErrorCode, errorTable, isBelfryError } from "../base/errors.ts";
import { textOf } from "../base/text.ts";
import { toIso } from "../run/record.ts";
import { schemaOf } from "../schema.ts";
import type { CliContext } from "./context.ts";
import type { RemoteFlags } from "./flags.ts";
import { findTarget, openRemote, type Remote } from "./remote.ts";
import { surveySchedules } from "./survey.ts";

/** Something that was looked at, and how it is. */
export interface Check {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** What was found, and the exit code that it makes: 1 for something wrong, 3 where an error of that code was met. */
interface Checkup {
  readonly checks: readonly Check[];
  readonly exit: number;
}

/** A check, with the error that it met, which is not printed. */
interface Finding extends Check {
  readonly error?: unknown;
}

/** How long a server may take to say whether it is ready, in milliseconds. */
const readyMs = 5_000;

/** Which check an error of opening a store belongs to; those without a row here are of the store itself. */
const checkOf: Readonly<Partial<Record<ErrorCode, string>>> = {
  E_SQLITE_VERSION: "sqlite",
  E_STORE_FILESYSTEM: "file system",
  E_STORE_NEWER: "schema",
};

/** Looks at what this process runs on and whom the flags name. Rejects only for flags that make no sense. */
export async function checkUp(flags: RemoteFlags, context: CliContext, signal: AbortSignal): Promise<Checkup> {
  const { node, sqlite = "none" } = process.versions;
  const target = await findTarget(flags, context);
  const own: Finding[] = [
    { check: "node", ok: true, detail: node },
    { check: "clock", ok: true, detail: toIso(context.clock.now()) },
    { check: "sqlite", ok: true, detail: sqlite },
  ];
  const found =
    "url" in target
      ? await checkServer(target.url, flags, context, signal)
      : await checkStore(target.store, flags, context);
  const known = new Set(found.map(({ check }) => check));
  const findings = [...own.filter(({ check }) => !known.has(check)), ...found];
  return { checks: findings.map(({ check, ok, detail }) => ({ check, ok, detail })), exit: exitOf(findings) };
}

function exitOf(findings: readonly Finding[]): number {
  const unreached = errorTable.E_UNREACHABLE.exit;
  if (findings.some(({ error }) => isBelfryError(error) && error.exitCode === unreached)) return unreached;
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

async function checkStore(store: string, flags: RemoteFlags, context: CliContext): Promise<Finding[]> {
  let remote: Remote;
  try {
    remote = await openRemote(flags, context);
  } catch (error) {
    if (!isBelfryError(error)) return [wrong("store", error)];
    if (error.exitCode === errorTable.E_USAGE.exit) throw error;
    return [wrong(checkOf[error.code] ?? "store", error)];
  }
  try {
    return [
      { check: "store", ok: true, detail: `${store} opens, and can be written` },
      { check: "file system", ok: true, detail: "none that is known to be a network's" },
      await tried("schema", async () => {
        const { found, known } = await schemaOf(store);
        return `${found}; this Belfry knows up to ${known}`;
      }),
      await tried("readiness", () => nodesOf(remote)),
      ...(await checkClock(remote)),
      ...(await checkSchedules(remote)),
    ];
  } finally {
    await remote.close();
  }
}

async function checkServer(
  url: string,
  flags: RemoteFlags,
  context: CliContext,
  signal: AbortSignal,
): Promise<Finding[]> {
  const remote = await openRemote(flags, context);
  try {
    const server = await tried("server", async () => `${url} answers; ${await nodesOf(remote)}`);
    const readiness = await tried("readiness", () => askReady(url, context, signal));
    return [server, readiness, ...(server.ok ? await checkSchedules(remote) : [])];
  } finally {
    await remote.close();
  }
}

/** Whether the store's clock, which is this machine's, is behind what was decided by it. */
async function checkClock({ engine }: Remote): Promise<Finding[]> {
  try {
    const lag = await engine?.schedules.clockLag();
    if (!lag) return [];
    const detail =
      `clock_behind: instants up to ${toIso(lag.decidedUpTo)} are decided, ${formatDuration(lag.behindMs)} from now: ` +
      "set the clock right, or set the schedules to now with --rewind, or nothing of that is due until then";
    return [{ check: "clock", ok: false, detail }];
  } catch (error) {
    return [wrong("clock", error)];
  }
}

/** Whether every schedule's row can be read. */
async function checkSchedules(remote: Remote): Promise<Finding[]> {
  try {
    const { invalid, count } = await surveySchedules(remote.api);
    const schedules =
      invalid.length === 0
        ? { ok: true, detail: `${count} that can be read` }
        : { ok: false, detail: `invalid: ${invalid.join("; ")}` };
    return [{ check: "schedules", ...schedules }];
  } catch (error) {
    return [wrong("schedules", error)];
  }
}

async function nodesOf({ api }: Remote): Promise<string> {
  const nodes = await api.nodes();
  return nodes.length === 0 ? "no node works on the store" : `${nodes.length} working on the store`;
}

async function askReady(url: string, { clock }: CliContext, signal: AbortSignal): Promise<string> {
  const late = new AbortController();
  const cancel = clock.after(readyMs, () => late.abort(new Error(`no answer within ${readyMs} ms`)));
  try {
    const answer = await fetch(`${url.replace(/\/+$/, "")}/readyz`, { signal: AbortSignal.any([signal, late.signal]) });
    if (!answer.ok) throw new Error(`/readyz answers ${answer.status}: ${await answer.text()}`);
    return "ready";
  } catch (error) {
    // What `fetch` throws says only in its cause what was wrong.
    throw error instanceof TypeError ? (error.cause ?? error) : error;
  } finally {
    cancel();
  }
}

async function tried(check: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { check, ok: true, detail: await look() };
  } catch (error) {
    return wrong(check, error);
  }
}

function wrong(check: string, error: unknown): Finding {
  return { check, ok: false, detail: error instanceof Error ? error.message : textOf(error), error };
}
