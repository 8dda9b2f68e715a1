import type { Presence } from "../../src/store/presence.ts";
import type { Process } from "./process.ts";

/** Presence as the kernels of the simulated machines tell it: a socket is gone when its process is. */
export class SimulatedPresence implements Presence {
  readonly #process: Process;
  /** Whether this process's death can be proved at all. */
  readonly provable: boolean;
  /** The boot on which it listens. */
  bootId: string | undefined;

  constructor(process: Process) {
    this.#process = process;
    const { random, options } = process.world;
    this.provable = random.chance(options.provable);
  }

  async listen(name: string): Promise<{ socket: string; bootId: string } | undefined> {
    await this.#pause();
    if (!this.provable) return undefined;
    this.bootId = this.#process.machine.bootId;
    this.#process.world.sockets.set(name, this.#process);
    return { socket: name, bootId: this.bootId };
  }

  async probe({ socket, bootId }: { socket?: string; bootId?: string }): Promise<"dead" | "unknown"> {
    await this.#pause();
    const { world, machine } = this.#process;
    const other = socket === undefined || bootId !== machine.bootId ? undefined : world.sockets.get(socket);
    return !other || other.alive || world.random.chance(world.options.probeFails) ? "unknown" : "dead";
  }

  async forget({ socket }: { socket?: string }): Promise<void> {
    await this.#pause();
    if (socket !== undefined) this.#process.world.sockets.delete(socket);
  }

  async close(): Promise<void> {
    await this.#pause();
    this.bootId = undefined;
    this.#process.world.sockets.delete(this.#process.name);
  }

  #pause(): Promise<void> {
    const { world } = this.#process;
    return new Promise(
      (resolve) => void this.#process.post(world.time + world.random.between(0, 3), "answer", resolve),
    );
  }
}
