import { writeSync } from "node:fs";
import type { Reporter, SerializedError, TestModule } from "vitest/node";

/**
 * Ends the output with one plain line, `N passed, N failed`. A file that cannot be loaded and an error outside any
 * test count as failed, so that the line and the exit code say the same.
 */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    let passed = 0;
    let failed = unhandled.length;
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      passed += tests.filter((test) => test.result().state === "passed").length;
      const failedHere = tests.filter((test) => test.result().state === "failed").length;
      failed += failedHere > 0 || module.ok() ? failedHere : 1;
    }
    process.once("exit", () => {
      writeSync(1, `${passed} passed, ${failed} failed\n`);
    });
  }
}
