/**
 * What proves that a process died: a socket that only the kernel closes (rule 5.4). Never a process id, which the
 * system gives away again.
 */
export interface Presence {
  /** Starts to listen under this name. Undefined where no socket is possible: then only the lease tells. */
  listen(name: string): Promise<{ socket: string; bootId: string } | undefined>;
  /** `dead` only where the kernel proves it: the same boot, and nobody listens any more. Everything else is `unknown`. */
  probe(node: { socket?: string; bootId?: string }): Promise<"dead" | "unknown">;
  /** Removes what a dead node left behind. Called once its runs are free. */
  forget(node: { socket?: string }): Promise<void>;
  /** Stops listening and removes the socket. */
  close(): Promise<void>;
}
