// A process whose only work is an engine. Once that is stopped, or could not be started, nothing may keep the process
// alive: it has to end by itself. Arguments: the file, and what happens.
import { createBelfry } from "../../../src/create.ts";
import { defineTask } from "../../../src/task/definition.ts";
import type { Run } from "../../../src/task/run.ts";

const [file = "", scene] = process.argv.slice(2);
const started = Promise.withResolvers<Run>();
const deaf = defineTask({
  name: "deaf",
  schedule: { every: "1s" },
  timeout: "1h",
  captureConsole: true,
  handler: (run) => {
    started.resolve(run);
    return new Promise(() => {});
  },
});

const belfry = createBelfry({ store: `sqlite:${file}`, tasks: [deaf], stopGrace: "10ms" });
if (scene === "fails") {
  await belfry.start().catch((error: unknown) => console.log(`refused ${(error as { code: string }).code}`));
} else {
  await belfry.start();
  await belfry.task("deaf").run({ delay: "1h" });
  await belfry.task("deaf").run();
  const run = await started.promise;
  const waiting = belfry
    .task("deaf")
    .runAndWait({ delay: "1h" })
    .catch((error: unknown) => error);
  await belfry.stop();
  run.log("to nobody");
  run.progress(1);
  console.log(`stopped ${((await waiting) as { code: string }).code}`);
}
