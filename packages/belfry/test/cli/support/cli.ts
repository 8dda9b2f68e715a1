import { PassThrough, Readable } from "node:stream";
import { runProgram } from "../../../src/cli/program.ts";
import { systemClock } from "../../../src/clock/system.ts";

/** What a command line did. */
export interface Done {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** What a command line has around it, as far as a test says. */
export interface Around {
  readonly cwd?: string;
  readonly environment?: Record<string, string>;
  readonly stdin?: string;
  readonly isTty?: boolean;
  /** Called as soon as the command listens for SIGINT, with what sends it. */
  readonly onListening?: (interrupt: () => void) => void;
}

/** Runs a command line in this process, with texts for streams. */
export async function belfry(argv: readonly string[], around: Around = {}): Promise<Done> {
  const { cwd = "/nowhere", environment = {}, stdin = "", isTty = false, onListening } = around;
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const [out, err] = [collect(stdout), collect(stderr)];
  let exit = 0;
  await runProgram(argv, {
    ...{ stdin: Readable.from([stdin]), stdout, stderr, environment, cwd, clock: systemClock, isTty },
    exit(code) {
      exit = code;
    },
    onSignal(signal, listener) {
      if (signal === "SIGINT") onListening?.(listener);
      return () => {};
    },
  });
  return { exit, out: out(), err: err() };
}

/** The one document that a command wrote with `--json`. */
export function documentOf({ out }: Done): Record<string, unknown> {
  return JSON.parse(out) as Record<string, unknown>;
}

function collect(stream: PassThrough): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}
