import { spawn } from "node:child_process";
import { vi } from "vitest";

/** A server that a page started, until the page ends. */
export interface Serving {
  /** All that it said. */
  output(): string;
  /** Tells it to end, and waits until everything it started has ended. Rejects where that takes too long. */
  end(): Promise<void>;
}

const patience = { timeout: 60_000, interval: 50 };

/** Starts a server's command, and waits until `/readyz` answers well. */
export async function serve(
  script: string,
  { folder, env, port }: { folder: string; env: NodeJS.ProcessEnv; port: number },
): Promise<Serving> {
  // A group of its own: what the shell starts is told to end with it.
  const child = spawn("bash", ["-c", script], { cwd: folder, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let isClosed = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  child.once("close", () => {
    isClosed = true;
  });
  const signal = (name: NodeJS.Signals) => child.pid !== undefined && !isClosed && process.kill(-child.pid, name);
  const end = async () => {
    signal("SIGTERM");
    try {
      await vi.waitUntil(() => isClosed, patience);
    } catch (cause) {
      signal("SIGKILL");
      throw new Error(`the server did not end:\n${said}`, { cause });
    }
  };
  try {
    await vi.waitUntil(async () => isClosed || (await isReady(port)), patience);
    if (isClosed) throw new Error("its command ended");
  } catch (cause) {
    await end();
    throw new Error(`no server became ready:\n${said}`, { cause });
  }
  return { output: () => said, end };
}

async function isReady(port: number): Promise<boolean> {
  try {
    const { ok } = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) });
    return ok;
  } catch {
    // Nobody listens yet: it is asked again.
    return false;
  }
}
