import { connect } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

// A thread that asks an HTTP server, over connections that stay open, one request after the other on each.

/** What to ask, how often in all, and over how many connections. */
export interface Calls {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly count: number;
  readonly connections: number;
}

const { port, path, body, count, connections } = workerData as Calls;
const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
let left = count;

/** Whether an answer has come to its end. */
function isWhole(answer: string): boolean {
  const end = answer.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /^content-length: (\d+)/im.exec(answer.slice(0, end))?.[1];
  return length === undefined ? answer.endsWith("\r\n0\r\n\r\n") : answer.length >= end + 4 + Number(length);
}

function call(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1").setNoDelay(true).setEncoding("latin1");
    let answer = "";
    const next = () => {
      answer = "";
      if (left-- > 0) socket.write(head + body);
      else socket.end(resolve);
    };
    socket.once("connect", next).once("error", reject);
    socket.on("data", (data) => {
      answer += data;
      if (!isWhole(answer)) return;
      if (answer.startsWith("HTTP/1.1 201 ")) next();
      else reject(new Error(`the server answered: ${answer.slice(0, 500)}`));
    });
  });
}

const startedAt = performance.now();
await Promise.all(Array.from({ length: connections }, call));
parentPort?.postMessage(performance.now() - startedAt);
