import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { belfry } from "./support/cli.ts";
import { freshFolder, useProject } from "./support/project.ts";

const project = useProject();
const nobody = "http://127.0.0.1:1";

describe("whom a command asks", () => {
  test("nobody is named, and there is no project: it says how to name one", async () => {
    const { exit, err } = await belfry(["tasks"], { cwd: "/nowhere" });
    expect(exit).toBe(2);
    for (const way of ["--url", "--store", "belfry.config.ts"]) expect(err).toContain(way);
  });

  test("the project's own store, where the folder has one", async () => {
    expect(await belfry(["tasks"], { cwd: project().folder })).toMatchObject({ exit: 0, err: "" });
  });

  test("the environment's store, and a flag before it", async () => {
    const environment = { BELFRY_STORE: project().store };
    expect(await belfry(["tasks"], { environment })).toMatchObject({ exit: 0 });
    expect(await belfry(["tasks", "--store", "sqlite:none.db"], { environment })).toMatchObject({ exit: 3 });
  });

  test("the environment's server before its store; nobody there is 3", async () => {
    const environment = { BELFRY_URL: nobody, BELFRY_STORE: project().store };
    const { exit, err } = await belfry(["tasks", "--json"], { environment, cwd: project().folder });
    expect({ exit, code: (JSON.parse(err) as { code: string }).code }).toEqual({ exit: 3, code: "E_UNREACHABLE" });
  });

  test("the config's store, from its own folder or by its name; a flag and the environment come before it", async () => {
    const { folder, letGo } = await freshFolder();
    onTestFinished(letGo);
    writeFileSync(join(folder, "belfry.config.mjs"), `export default { store: ${JSON.stringify(project().store)} };`);
    expect(await belfry(["tasks"], { cwd: folder })).toMatchObject({ exit: 0, err: "" });
    const config = join(folder, "belfry.config.mjs");
    expect(await belfry(["tasks", "--config", config])).toMatchObject({ exit: 0, err: "" });
    expect(await belfry(["tasks", "--store", "sqlite:none.db"], { cwd: folder })).toMatchObject({ exit: 3 });
    const environment = { BELFRY_STORE: "sqlite:none.db" };
    expect(await belfry(["tasks"], { cwd: folder, environment })).toMatchObject({ exit: 3 });
    expect(await belfry(["tasks", "--config", join(folder, "none.mjs"), "--json"])).toMatchObject({ exit: 2, out: "" });
  });

  test("a store that is not there is not made by asking it", async () => {
    const argv = ["tasks", "--store", "sqlite:none.db"];
    const { exit, err } = await belfry(argv, { cwd: project().folder });
    expect(exit).toBe(3);
    expect(err).toContain("belfry migrate");
    expect(await belfry(argv, { cwd: project().folder })).toMatchObject({ exit: 3 });
  });

  test("what is no store and no server is wrong usage", async () => {
    expect(await belfry(["tasks", "--store", "mysql:x"])).toMatchObject({ exit: 2 });
    expect(await belfry(["tasks", "--store", ""])).toMatchObject({ exit: 2 });
    expect(await belfry(["tasks", "--url", "nowhere"])).toMatchObject({ exit: 2 });
    expect(await belfry(["tasks", "--url", ""])).toMatchObject({ exit: 2 });
    expect(await belfry(["doctor", "--url", "nowhere"])).toMatchObject({ exit: 2 });
    expect(await belfry(["doctor", "--store", "mysql:x"])).toMatchObject({ exit: 2 });
  });
});
