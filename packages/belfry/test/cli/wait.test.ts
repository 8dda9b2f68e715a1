import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { Output } from "../../src/cli/output.ts";
import { answerTrigger } from "../../src/cli/wait.ts";
import { systemClock } from "../../src/clock/system.ts";
import { useProject } from "./support/project.ts";

const project = useProject();

test("a wait goes on where nobody says which processes work on the store", async () => {
  const { engine } = project();
  const [stdout, stderr, codes] = [new PassThrough(), new PassThrough(), [] as number[]];
  const context = {
    ...{ stdin: new PassThrough(), stdout, stderr, environment: {}, cwd: "/", clock: systemClock, isTty: false },
    ...{ exit: (code: number) => void codes.push(code), onSignal: () => () => {} },
  };
  const nodes = () => Promise.reject(new Error("this key may not ask for that"));
  const { signal } = new AbortController();
  const record = await engine.task("billOnDemand").run();
  const work = { api: { runs: engine.runs, nodes }, output: new Output(context, false), signal };
  await answerTrigger(record, { wait: true }, work, context);
  expect({ out: String(stdout.read()), err: stderr.read() as unknown, codes }).toEqual({
    ...{ out: expect.stringContaining("completed"), err: null, codes: [] },
  });
});
