import { connect, type Socket } from "node:net";
import { onCommand, optionsOf, say } from "../chaos/support/inside.ts";

// So many connections that asked once and then keep silent.

interface IdleOptions {
  readonly port: number;
  readonly count: number;
}

const { port, count } = optionsOf<IdleOptions>();
const openingAtOnce = 100;
const sockets = new Set<Socket>();

function open(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    sockets.add(socket);
    socket.once("error", reject);
    socket.once("close", () => sockets.delete(socket));
    socket.once("data", () => resolve());
    socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  });
}

async function openSome(many: number): Promise<void> {
  for (let opened = 0; opened < many; opened++) await open();
}

onCommand((command) => {
  if (command.do === "count") say("counted", { open: sockets.size });
  if (command.do === "leave") {
    for (const socket of sockets) socket.destroy();
    say("left");
    process.exit(0);
  }
});
await Promise.all(Array.from({ length: openingAtOnce }, () => openSome(count / openingAtOnce)));
say("open", { open: sockets.size });
