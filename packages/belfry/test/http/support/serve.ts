import { onTestFinished } from "vitest";
import { systemClock } from "../../../src/clock/system.ts";
import { createInstance } from "../../../src/create.ts";
import { type ListenOptions, listen } from "../../../src/server/listen.ts";
import { Said } from "../../engine/support/ears.ts";
import { freshFile } from "../../engine/support/sqlite.ts";

interface ServeOptions extends Partial<ListenOptions> {
  readonly tasks?: readonly object[];
  readonly work?: boolean;
  /** The SQLite file. Default: one of its own. */
  readonly file?: string;
}

/** A started engine that is not served yet; stopped at the test's end. */
export async function startEngine({ tasks = [], work = true, file }: ServeOptions = {}) {
  const said = new Said();
  const options = { store: `sqlite:${file ?? (await freshFile())}`, tasks, work, stopGrace: "5s", logger: said };
  const engine = createInstance(options, {});
  onTestFinished(() => engine.stop());
  await engine.start();
  return { engine, said };
}

/** An engine behind a server on a free port; both end with the test. */
export async function serve(options: ServeOptions = {}) {
  const { tasks, work, file, ...given } = options;
  const { engine, said } = await startEngine({ tasks, work, file });
  const listening = await listen(engine, { host: "127.0.0.1", port: 0, logger: said, clock: systemClock, ...given });
  onTestFinished(() => listening.close(0));
  return { engine, said, listening, url: listening.url };
}
