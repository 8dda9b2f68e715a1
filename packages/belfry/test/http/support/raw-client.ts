import { connect, type Socket } from "node:net";
import { expect, onTestFinished } from "vitest";

/** A client that speaks bytes, at the pace of the test, and as badly as it likes. */
export class RawClient {
  readonly socket: Socket;
  received = "";
  isClosed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (data) => {
      this.received += data.toString("latin1");
    });
    // Being hung up on in the middle of something is what is tried here.
    socket.on("error", () => {});
    socket.on("close", () => {
      this.isClosed = true;
    });
    onTestFinished(() => void socket.destroy());
  }

  static async open(port: number): Promise<RawClient> {
    const client = new RawClient(connect({ port, host: "127.0.0.1" }));
    await new Promise((resolve) => client.socket.once("connect", resolve));
    return client;
  }

  send(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** Resolves when it has received something that fits. */
  async heard(shape: RegExp): Promise<void> {
    await expect.poll(() => this.received, { interval: 5, timeout: 20_000 }).toMatch(shape);
  }

  /** Resolves when the server has hung up. */
  async closed(): Promise<void> {
    await expect.poll(() => this.isClosed, { interval: 5, timeout: 20_000 }).toBe(true);
  }

  /** The status lines that came. */
  get statuses(): number[] {
    return [...this.received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }

  /** The problem that came last. */
  get problem(): { code: string; status: number } {
    return JSON.parse(this.received.slice(this.received.lastIndexOf("\r\n\r\n"))) as { code: string; status: number };
  }
}
