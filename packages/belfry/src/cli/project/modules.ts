import { type ModuleHooks, registerHooks } from "node:module";
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Clock, sleep } from "../../clock/clock.ts";
import { describeLoadError, type FailedImport } from "./load-problem.ts";
import { signatureOf } from "./signature.ts";

/** What became of loading a file: what it exports, or what is wrong with it, where that is known with its line. */
export type Loaded =
  | { readonly exports: Readonly<Record<string, unknown>> }
  | { readonly problem: string; readonly line?: number; readonly cause?: unknown };

/** How long a file may take to load: what waits at its top level for ever is a mistake. */
const loadMsMax = 30_000;

/** Loads files of a project by Node's own type stripping, and knows what they import. */
export class Modules {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #hooks: ModuleHooks;
  readonly #seen = new Map<string, string>();
  /** Imports that Node could not resolve, since the last file was begun. */
  #failed: FailedImport[] = [];
  #last: string | undefined;
  #onSeen: (path: string, signature: string) => void = () => {};

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
    this.#hooks = registerHooks({
      resolve: (specifier, context, next) => {
        try {
          return next(specifier, context);
        } catch (error) {
          this.#fail(specifier, pathOf(context.parentURL), error);
          throw error;
        }
      },
      load: (url, context, next) => {
        const path = pathOf(url);
        if (path !== undefined && isOwn(this.#folder, path)) {
          this.#last = path;
          this.#see(path);
        }
        return next(url, context);
      },
    });
  }

  /**
   * The project's own files that were loaded, each with its signature at that time; with an empty one those that were
   * imported and are not there.
   */
  get seen(): ReadonlyMap<string, string> {
    return this.#seen;
  }

  /** The file of the project that was read last. */
  get last(): string | undefined {
    return this.#last;
  }

  /** From now on tells of each file that is loaded, as soon as it is. */
  onSeen(listener: (path: string, signature: string) => void): void {
    this.#onSeen = listener;
  }

  /** Imports a file. Never rejects. */
  async load(file: string): Promise<Loaded> {
    this.#see(file);
    this.#failed = [];
    this.#last = file;
    const over = new AbortController();
    const tooLong = sleep(this.#clock, loadMsMax, over.signal).then(
      (): Loaded => ({ problem: `was not loaded within ${loadMsMax / 1_000} s; something at its top level waits` }),
    );
    try {
      return await Promise.race([this.#import(file), tooLong]);
    } finally {
      over.abort();
    }
  }

  /** Stops looking at what is imported. */
  close(): void {
    this.#hooks.deregister();
  }

  #fail(specifier: string, parent: string | undefined, error: unknown): void {
    this.#failed.push({ specifier, parent, error });
    if (parent === undefined || !/^\.{1,2}\//.test(specifier)) return;
    const path = resolve(dirname(parent), specifier);
    if (isOwn(this.#folder, path)) this.#see(path);
  }

  #see(path: string): void {
    const signature = signatureOf(path) ?? "";
    this.#seen.set(path, signature);
    this.#onSeen(path, signature);
  }

  async #import(file: string): Promise<Loaded> {
    try {
      return { exports: await import(pathToFileURL(file).href) };
    } catch (cause) {
      const last = this.#last ?? file;
      return { ...describeLoadError(cause, { file, last, folder: this.#folder, failed: this.#failed }), cause };
    }
  }
}

function pathOf(url: string | undefined): string | undefined {
  return url?.startsWith("file:") ? fileURLToPath(url) : undefined;
}

/** Whether a file is the project's own, and not a package's. */
function isOwn(folder: string, path: string): boolean {
  const below = relative(folder, path).split(sep);
  return below[0] !== ".." && !below.includes("node_modules");
}
