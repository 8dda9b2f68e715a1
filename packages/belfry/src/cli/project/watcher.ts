import { type FSWatcher, watch } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { Clock } from "../../clock/clock.ts";
import { findTaskFiles } from "../discovery.ts";
import { configNames } from "./config-file.ts";
import type { SeenFiles } from "./messages.ts";
import { signatureOf } from "./signature.ts";

/** What happened to a file, by its path from the project's folder. */
export interface Change {
  readonly file: string;
  readonly what: "added" | "changed" | "removed";
}

/** How long it is quiet before a change counts: editors write a file in several steps. In milliseconds. */
const quietMs = 60;
/** How often it is looked without a hint: file systems of containers and networks give none. In milliseconds. */
const lookMs = 1_000;

/** Code, data that code imports, and names without an ending, which may be folders. */
const mayCount = /\.(?:[cm]?[jt]s|json)$|^[^.]*$/;

/**
 * Tells when something changed that a process of the project has loaded, or would load: the task files, the config,
 * package.json, and what they import under the project's folder. The operating system's word is a hint only; what
 * counts is how the files differ from those that were loaded.
 */
export class ProjectWatcher {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #watchers = new Map<string, FSWatcher>();
  #tasksDir: string;
  /** The files as they were when the newest process loaded them; an empty signature is a file that was not there. */
  #base = new Map<string, string>();
  #onChange: ((changes: readonly Change[]) => void) | undefined;
  #cancelLook: () => void = () => {};
  #cancelQuiet: () => void = () => {};

  constructor(folder: string, tasksDir: string, clock: Clock) {
    this.#folder = folder;
    this.#tasksDir = tasksDir;
    this.#clock = clock;
  }

  /**
   * What counts from now on is how files differ from now; those that are known stay so, as a process may die before it
   * can say what it has loaded.
   */
  mark(): void {
    this.#base = this.#look();
    this.#watch();
  }

  /** A process has loaded these files, in this state. */
  adopt(seen: SeenFiles, tasksDir?: string): void {
    if (tasksDir !== undefined) this.#tasksDir = tasksDir;
    for (const [path, signature] of seen) this.#base.set(path, signature);
    this.#watch();
  }

  /** Resolves with what changed, as soon as something has; with nothing once `signal` is aborted. */
  async changed(signal: AbortSignal): Promise<readonly Change[]> {
    const { promise, resolve } = Promise.withResolvers<readonly Change[]>();
    const end = () => resolve([]);
    signal.addEventListener("abort", end, { once: true });
    this.#onChange = resolve;
    this.#compare();
    try {
      return signal.aborted ? [] : await promise;
    } finally {
      signal.removeEventListener("abort", end);
      this.#forget(resolve);
    }
  }

  /** Unless somebody else waits by now. */
  #forget(listener: (changes: readonly Change[]) => void): void {
    if (this.#onChange !== listener) return;
    this.#onChange = undefined;
    this.#cancelLook();
    this.#cancelQuiet();
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #compare(): void {
    this.#cancelQuiet();
    this.#cancelLook();
    const changes = this.#changes();
    if (changes.length > 0) return this.#onChange?.(changes);
    this.#watch();
    this.#cancelLook = this.#clock.after(lookMs, () => this.#compare());
  }

  #changes(): Change[] {
    const now = this.#look();
    const paths = [...new Set([...this.#base.keys(), ...now.keys()])].sort();
    return paths.flatMap((path) => {
      const [before = "", after = ""] = [this.#base.get(path), now.get(path)];
      if (before === after) return [];
      const what = before === "" ? "added" : after === "" ? "removed" : "changed";
      return [{ file: relative(this.#folder, path).split(sep).join("/"), what }];
    });
  }

  #look(): Map<string, string> {
    const own = [...configNames, "package.json"].map((name) => join(this.#folder, name));
    const paths = new Set([...own, ...findTaskFiles(this.#tasksDir), ...this.#base.keys()]);
    return new Map([...paths].map((path) => [path, signatureOf(path) ?? ""]));
  }

  /** Listens for hints in every folder that holds one of the files. One that gives none is looked at all the same. */
  #watch(): void {
    const folders = new Set([this.#folder, this.#tasksDir, ...[...this.#base.keys()].map(dirname)]);
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#watchFolder(folder);
  }

  #watchFolder(folder: string): void {
    const forget = () => {
      this.#watchers.get(folder)?.close();
      this.#watchers.delete(folder);
    };
    try {
      const watcher = watch(folder, (_, name) => this.#hint(name));
      watcher.on("error", forget);
      this.#watchers.set(folder, watcher);
    } catch {
      // It is not there, or there are too many: then it is looked at once a second.
      forget();
    }
  }

  /** The store's own files may lie in a watched folder, and change all the time. */
  #hint(name: string | null): void {
    if (!this.#onChange || !mayCount.test(name ?? "")) return;
    this.#cancelQuiet();
    this.#cancelQuiet = this.#clock.after(quietMs, () => this.#compare());
  }
}
