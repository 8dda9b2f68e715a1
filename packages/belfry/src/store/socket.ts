import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { createConnection, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Presence } from "./presence.ts";

/** Longer paths do not fit into a socket address everywhere. */
const pathBytesMax = 100;

/** Presence by socket files, `<prefix>.<name>.sock`: the kernel closes a socket with its process, and only then. */
export function socketPresence(prefix: string): Presence {
  let server: Server | undefined;
  return {
    async listen(name) {
      const bootId = await readBootId();
      if (bootId === undefined) return undefined;
      const socket = socketPath(`${resolve(prefix)}.${name}.sock`);
      await rm(socket, { force: true });
      server = await listenAt(socket);
      return server && { socket, bootId };
    },
    async probe({ socket, bootId }) {
      if (socket === undefined || bootId === undefined || bootId !== (await readBootId())) return "unknown";
      return isRefused(socket);
    },
    async forget({ socket }) {
      if (socket !== undefined) await rm(socket, { force: true });
    },
    async close() {
      const closing = server;
      server = undefined;
      if (closing) await new Promise<void>((done) => closing.close(() => done()));
    },
  };
}

function socketPath(wanted: string): string {
  if (Buffer.byteLength(wanted) <= pathBytesMax) return wanted;
  const hash = createHash("sha256").update(wanted).digest("hex").slice(0, 24);
  return join(tmpdir(), `belfry-${hash}.sock`);
}

/** Undefined where no socket can be made there: the lease alone decides then. */
function listenAt(path: string): Promise<Server | undefined> {
  return new Promise((done) => {
    const server = createServer((connection) => connection.destroy());
    server.once("error", () => done(undefined));
    server.listen(path, () => done(server));
  });
}

function isRefused(path: string): Promise<"dead" | "unknown"> {
  return new Promise((done) => {
    const connection = createConnection(path);
    connection.once("connect", () => {
      connection.destroy();
      done("unknown");
    });
    connection.once("error", (error: NodeJS.ErrnoException) =>
      done(error.code === "ECONNREFUSED" ? "dead" : "unknown"),
    );
  });
}

let bootIdRead: Promise<string | undefined> | undefined;

/** Which boot of the machine this is; undefined where the system does not say. */
function readBootId(): Promise<string | undefined> {
  bootIdRead ??= findBootId();
  return bootIdRead;
}

async function findBootId(): Promise<string | undefined> {
  try {
    if (process.platform === "linux") return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
    if (process.platform === "darwin")
      return (await promisify(execFile)("sysctl", ["-n", "kern.bootsessionuuid"])).stdout.trim();
  } catch {
    return undefined;
  }
  return undefined;
}
