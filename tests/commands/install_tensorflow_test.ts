import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { hasTensorflow, installTensorflow } from "../../lib/commands/install_tensorflow.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

/** Makes a package as in Deno's cache, without the files of its install script. */
async function withPackage(test: (folder: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (parent) => {
    const folder = join(parent, "4.22.0");
    await Deno.mkdir(folder);
    await Deno.writeTextFile(join(folder, "package.json"), JSON.stringify({ version: "4.22.0" }));
    await test(folder);
    const left = await Array.fromAsync(Deno.readDir(parent));
    assertEquals(left.map(({ name }) => name), ["4.22.0"], "folders that were left beside it");
  });
}

/** Makes the files of the install script. */
const madeParts = (...parts: string[]) => async (project: string, version: string) => {
  for (const part of parts) {
    await Deno.mkdir(join(project, part));
    await Deno.writeTextFile(join(project, part, "file"), `${part} of ${version}`);
  }
  return project;
};

Deno.test("installTensorflow() puts the install script's files beside the package that loads them", async () => {
  await withPackage(async (folder) => {
    assert(!await hasTensorflow(folder));
    await installTensorflow({ folder, runScript: madeParts("deps", "lib") });
    assert(await hasTensorflow(folder));
    assertEquals(await Deno.readTextFile(join(folder, "lib", "file")), "lib of 4.22.0");
  });
});

Deno.test("installTensorflow() leaves nothing behind if the script fails, or makes only a part", async () => {
  await withPackage(async (folder) => {
    const fails = () => Promise.reject(new Error("no route to the download site"));
    await assertRejects(() => installTensorflow({ folder, runScript: fails }), Error, "no route");
    const half = madeParts("deps");
    await assertRejects(
      () => installTensorflow({ folder, runScript: half }),
      Error,
      'no folder "lib"',
    );
    assert(!await hasTensorflow(folder));
  });
});
