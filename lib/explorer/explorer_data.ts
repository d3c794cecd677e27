import { join } from "node:path";
import { describeDataset } from "../data/dataset.ts";
import { EMBEDDED_FOLDER, loadFashionMnistSubset } from "../data/fashion_mnist_subset.ts";
import { takeImages } from "../data/stratified_subset.ts";
import { PROJECT_ROOT } from "../files/project_root.ts";
import { encodeSafetensors } from "../nn/safetensors.ts";
import { readWeightsFile } from "../nn/weights_file.ts";
import { pack } from "../report/packed.js";
import { type NETWORKS, TOYS } from "./names.ts";

/** The number of test images of each class: the first ones of the set. */
const PER_CLASS = 3;

const STUDENT = "results/reference/students/fashion-mnist-subset-resnet8";

/** The files of the networks for images, which come with the project. */
export const NETWORK_FILES: Readonly<Record<typeof NETWORKS[number], string>> = {
  teacher: join(PROJECT_ROOT, "results/teachers/fashion-mnist-subset-resnet14.safetensors"),
  original: join(PROJECT_ROOT, `${STUDENT}-original-quick-seed1-7fe6faf239.safetensors`),
  bss: join(PROJECT_ROOT, `${STUDENT}-bss-quick-seed1-ec59c8e55f.safetensors`),
};

/**
 * Packs what the page needs into a script, since a page opened from a disk may not read other files:
 * its code, and networks and images as safetensors.
 *
 * @param code the page's script
 * @throws UserError naming a file that is missing
 */
export async function explorerData(code: string): Promise<string> {
  const files: Record<string, Uint8Array> = { images: await someImages() };
  for (const [name, file] of Object.entries(NETWORK_FILES)) {
    files[name] = await readWeightsFile(file);
  }
  for (const toy of TOYS) {
    files[toy] = await readWeightsFile(
      join(PROJECT_ROOT, `lib/explorer/embedded/${toy}.safetensors`),
    );
  }
  const packed = Object.entries(files).map(([name, bytes]) => [name, pack(inPlanes(bytes))]);
  const data = Object.fromEntries([...packed, ["code", pack(code)]]);
  return `const explorerData = ${JSON.stringify(data)};\n`;
}

/**
 * Puts the first bytes of all float32 numbers first, then the second bytes, and so on. The bytes with
 * the exponents are alike, and gzip makes them smaller if they lie together.
 */
function inPlanes(bytes: Uint8Array): Uint8Array {
  const planes = new Uint8Array(bytes.length);
  for (let plane = 0, to = 0; plane < 4; plane++) {
    for (let from = plane; from < bytes.length; from += 4) planes[to++] = bytes[from];
  }
  return planes;
}

/** Encodes the first test images of each class. */
async function someImages(): Promise<Uint8Array> {
  const dataset = await loadFashionMnistSubset(EMBEDDED_FOLDER);
  const { height, width, channels } = dataset;
  const indices = dataset.classes.flatMap((_, label) =>
    [...dataset.test.labels.keys()].filter((index) => dataset.test.labels[index] === label)
      .slice(0, PER_CLASS)
  );
  const { images, labels, count } = takeImages(dataset, dataset.test, Int32Array.from(indices));
  return encodeSafetensors({
    tensors: new Map([
      ["images", { dtype: "U8", shape: [count, height, width, channels], data: images }],
      ["labels", { dtype: "U8", shape: [count], data: Uint8Array.from(labels) }],
    ]),
    metadata: { dataset: JSON.stringify(describeDataset(dataset)) },
  });
}
