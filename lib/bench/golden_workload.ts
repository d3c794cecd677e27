import { bssAttackOptions } from "../attack/bss.ts";
import { GoldenFolder } from "../parity/golden_folder.ts";
import { readResNet } from "../nn/weights_file.ts";
import { type StoredNetwork, storeNetwork, type Workload } from "./workload.ts";

/**
 * Reads the training step of a folder of reference numbers, with its expected outcome.
 *
 * @throws UserError if the folder lacks the step or a network
 */
export async function goldenWorkload(path: string): Promise<Workload> {
  const folder = await GoldenFolder.open(path);
  const golden = await folder.read("bss_step.safetensors");
  const { data: images, shape } = golden.normalisedImages();
  const uniform = golden.data("uniform") as Float32Array;
  return {
    description: `${shape[0]} images of the reference numbers`,
    images,
    shape,
    labels: golden.data("labels") as Int32Array,
    uniform,
    teacher: await readNetwork(folder.networkFile("teacher")),
    student: await readNetwork(folder.networkFile("student")),
    settings: {
      eta: golden.setting("eta", bssAttackOptions.eta.default),
      maxSteps: golden.setting("steps", bssAttackOptions.maxSteps.default),
      baseSamples: golden.setting("base_samples", uniform.length),
      temperature: golden.setting("temperature"),
    },
    expected: {
      steps: Array.from(golden.data("steps")),
      terms: {
        cross_entropy: golden.data("loss_ce")[0],
        distillation: golden.data("loss_kd")[0],
        boundary: golden.data("loss_bss")[0],
      },
    },
  };
}

async function readNetwork(file: string): Promise<StoredNetwork> {
  const { network } = await readResNet(file);
  const stored = await storeNetwork(network);
  network.dispose();
  return stored;
}
