import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** Where `belfry dev` and `belfry start` listen, too. */
const usualPort = 7411;

/** A server that only this machine reaches. On another port where the usual one is taken. */
export async function serve(listener: RequestListener): Promise<{ url: string; close: () => void }> {
  const server = createServer(listener);
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(port, "127.0.0.1", () => {
        server.off("error", reject);
        resolve();
      });
    });
  try {
    await listen(usualPort);
  } catch (error) {
    if ((error as { code?: string }).code !== "EADDRINUSE") throw error;
    console.log(`Port ${usualPort} is taken; another one that is free is used.`);
    await listen(0);
  }
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, close };
}
