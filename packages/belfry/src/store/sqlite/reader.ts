import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Connection } from "./connection.ts";
import { isBroken, toWireError } from "./failures.ts";
import type { FromThread, ThreadData, ToThread } from "./messages.ts";
import { openReading } from "./opening.ts";
import { longReads } from "./verbs.ts";

/** The thread that reads: one call after the other, on a connection that cannot write. */
function serve(port: MessagePort, { file }: ThreadData): void {
  const db = openReading(file);
  const send = (message: FromThread) => port.postMessage(message);
  port.on("message", (message: ToThread) => {
    if ("close" in message) {
      db.close();
      port.close();
    } else if ("calls" in message) {
      for (const [id, verb, , args] of message.calls) {
        try {
          const read = longReads[verb as keyof typeof longReads] as (db: Connection, args: unknown) => unknown;
          send({ answers: [[id, read(db, args)]] });
        } catch (error) {
          send({ answers: [[id, undefined, toWireError(error, file)]] });
          if (isBroken(error)) process.exit(0);
        }
      }
    }
  });
  send({ open: true });
}

const port = parentPort as MessagePort;
const data = workerData as ThreadData;
try {
  serve(port, data);
} catch (error) {
  port.postMessage({ refused: toWireError(error, data.file) } satisfies FromThread);
}
