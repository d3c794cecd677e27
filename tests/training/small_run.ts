import { join } from "node:path";
import { type Dataset, type ImageSet, withFingerprint } from "../../lib/data/dataset.ts";
import { resolveMethodOptions } from "../../lib/distillation/method.ts";
import { methodNamed } from "../../lib/distillation/methods.ts";
import { resolveOptions } from "../../lib/options.ts";
import { protocolOptions } from "../../lib/training/protocol.ts";
import type { RunSpecification } from "../../lib/training/run_specification.ts";
import { testClassifier, TINY } from "../networks.ts";
import { uniformNumbers } from "../numbers.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

/** Makes images of 8×8 whose bright quarter is their class, which a network learns in a few steps. */
export function smallDataset(train = 20, test = 8): Dataset {
  const side = 8;
  const set = (count: number, seed: string): ImageSet => {
    const noise = uniformNumbers(count * side * side, seed);
    const labels = Uint8Array.from({ length: count }, (_, i) => i % 4);
    const images = Uint8Array.from(noise, (value, k) => {
      const pixel = k % (side * side);
      const quarter = 2 * Number(pixel >= side * side / 2) + Number(pixel % side >= side / 2);
      const bright = quarter === labels[Math.floor(k / (side * side))];
      return (bright ? 180 : 60) + 40 * value;
    });
    return { images, labels, count };
  };
  return withFingerprint({
    name: "quarters",
    title: "quarters",
    classes: ["upper left", "upper right", "lower left", "lower right"],
    height: side,
    width: side,
    channels: 1,
    mean: [0.4],
    std: [0.2],
    train: set(train, "train"),
    test: set(test, "test"),
    provenance: "embedded",
  });
}

/** Specifies a run that takes a few seconds on the slowest backend. */
export function smallSpecification(
  method = "bss",
  { epochs = 2, seed = 1, options = {} as Record<string, unknown>, learningRate = 0.1 } = {},
): RunSpecification {
  const attack = method.endsWith("bss") ? { step: "newton", eta: 1.2, baseSamples: 4 } : {};
  return {
    dataset: {
      name: "quarters",
      fingerprint: smallDataset().fingerprint,
      fraction: 1,
      testImages: null,
    },
    teacher: method === "original" ? null : { name: "random", hash: "0" },
    student: "resnet8x0.25",
    method,
    options: resolveMethodOptions(methodNamed(method), { ...attack, ...options }),
    protocol: resolveOptions("protocol", protocolOptions, { epochs, batchSize: 10, learningRate }),
    scale: "smoke",
    seed,
  };
}

export const smallTeacher = () => testClassifier(TINY, "teacher 15");

/** Makes the environment of a test's runs. */
export const testEnvironment = (backend: string) => ({ backend, tfjs: "test" });

/** Uses the path of a folder that does not exist yet, and removes it afterwards. */
export async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder((folder) => use(join(folder, "run")));
}
