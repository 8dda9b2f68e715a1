import { expect, test } from "vitest";
import { isBelfryError } from "./errors.ts";
import { checkNodeVersion } from "./node-version.ts";

for (const version of ["22.23.0", "22.24.1", "24.0.0", "26.3.0", "100.0.0", "27.0.0-nightly20261101"]) {
  test(`Node.js ${version} will do`, () => {
    expect(checkNodeVersion(version)).toBeUndefined();
  });
}

for (const version of ["18.20.8", "20.20.2", "22.0.0", "22.22.9", "21.99.0"]) {
  test(`Node.js ${version} is refused in one line that says what is needed`, () => {
    const refused = catching(() => checkNodeVersion(version));
    expect(isBelfryError(refused, "E_NODE_VERSION")).toBe(true);
    expect((refused as Error).stack).toBe(`BelfryError: Belfry needs Node.js 22.23 or newer; this is "${version}"`);
  });
}

function catching(call: () => void): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}
