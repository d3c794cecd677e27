import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { jupyter, NOTEBOOKS, writeKernelSpec } from "./execute_notebook.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

/** Trains for long, and says so once it is on its way. */
const FIRST_CELL = `
import * as bss from "../lib/mod.ts";
import { methodNamed } from "../lib/distillation/methods.ts";
import { resolveOptions } from "../lib/options.ts";
import { protocolOptions } from "../lib/training/protocol.ts";

await bss.startBackend();
const dataset = await bss.loadDataset("fashion-mnist-subset");
const file = await bss.findTeacher("../results", dataset.name);
const { network } = await bss.readResNet(file.file);
const teacher = bss.freeze(network);
const trainFor = (epochs: number, onProgress: () => void) => {
  const specification = {
    dataset: { name: dataset.name, fingerprint: dataset.fingerprint, fraction: 0.1, testImages: 50 },
    teacher: { name: file.name, hash: file.hash },
    student: "resnet8",
    method: "bss",
    options: resolveOptions("bss", methodNamed("bss").options, { step: "newton", eta: 1 }),
    protocol: resolveOptions("protocol", protocolOptions, { epochs, batchSize: 32 }),
    scale: "smoke" as const,
    seed: 1,
  };
  return bss.train(specification, {
    dataset: bss.datasetFor(dataset, specification),
    teacher,
    environment: { backend: "any", tfjs: "any" },
    onProgress,
  });
};
await trainFor(10_000, () => console.log("started"));
`;

/** What the first cell made is still there, and training runs to its end. */
const SECOND_CELL = `
const { rows } = await trainFor(2, () => {});
console.log("trained on " + dataset.name + " for " + rows.length + " epochs");
`;

Deno.test({
  name: `a training cell that is interrupted can be run again in the same kernel${
    jupyter ? "" : " (skipped: jupyter-nbconvert is not installed)"
  }`,
  ignore: !jupyter,
  fn: () =>
    withTemporaryFolder(async (folder) => {
      await writeKernelSpec(folder);
      const cells = [join(folder, "first.ts"), join(folder, "second.ts")];
      await Deno.writeTextFile(cells[0], FIRST_CELL);
      await Deno.writeTextFile(cells[1], SECOND_CELL);
      // The Python that Jupyter itself runs on has its client.
      const [line] = (await Deno.readTextFile(jupyter!)).split("\n");
      const python = line.replace(/^#!\s*/, "").split(" ")[0];
      const driver = fileURLToPath(new URL("interrupt_cell.py", import.meta.url));
      const { stdout, stderr, success } = await new Deno.Command(python, {
        args: [driver, ...cells],
        cwd: NOTEBOOKS,
        env: { JUPYTER_PATH: folder, NO_COLOR: "1" },
      }).output();
      assert(success, new TextDecoder().decode(stderr));
      const { outputs, alive } = JSON.parse(new TextDecoder().decode(stdout));
      assertEquals(alive, true);
      assertStringIncludes(outputs[0], "started");
      assert(!outputs[0].includes("timed out"), "the first cell was not interrupted");
      assertStringIncludes(outputs[1], "trained on fashion-mnist-subset for 2 epochs");
    }),
});
