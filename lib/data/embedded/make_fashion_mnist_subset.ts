/**
 * Makes the embedded subset from all of Fashion-MNIST: the first 500 training and the first 100
 * test images of each class, in their original order. Prints the checksums for the loader.
 *
 * usage: deno run -A lib/data/embedded/make_fashion_mnist_subset.ts FOLDER_WITH_THE_FOUR_FILES
 */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { sha256 } from "../../files/sha256.ts";
import { writeAtomically } from "../../files/write_atomically.ts";
import { LARGEST_FASHION_MNIST_FILE } from "../decode_fashion_mnist.ts";
import { EMBEDDED_FOLDER } from "../fashion_mnist_subset.ts";
import { decodeIdx, encodeIdx, gunzip } from "../idx.ts";
import { readDataFile } from "../read_data_file.ts";

const PIXELS = 28 * 28;

/** Number of images of each class in each part. */
const PER_CLASS = { train: 500, t10k: 100 };

/**
 * Reads the four files of the whole set from `source` and writes those of the subset to `target`.
 *
 * @returns the SHA-256 of each file written, by name
 * @throws UserError naming a file of the source that is missing or damaged
 */
export async function makeFashionMnistSubset(
  source: string,
  target: string,
): Promise<Record<string, string>> {
  const checksums: Record<string, string> = {};
  const write = async (name: string, data: Uint8Array, shape: number[]) => {
    const bytes = gzipSync(encodeIdx(data, shape), { level: 9 });
    await writeAtomically(join(target, name), bytes);
    checksums[name] = sha256(bytes);
  };
  for (const [part, perClass] of Object.entries(PER_CLASS)) {
    const labelName = `${part}-labels-idx1-ubyte.gz`;
    const imageName = `${part}-images-idx3-ubyte.gz`;
    const labels = await read(join(source, labelName), [null]);
    const images = await read(join(source, imageName), [labels.length, 28, 28]);
    const indices = firstOfEachClass(labels, perClass);
    const chosen = new Uint8Array(indices.length * PIXELS);
    indices.forEach((index, i) =>
      chosen.set(images.subarray(index * PIXELS, (index + 1) * PIXELS), i * PIXELS)
    );
    await write(imageName, chosen, [indices.length, 28, 28]);
    const chosenLabels = Uint8Array.from(indices, (index) => labels[index]);
    await write(labelName, chosenLabels, [indices.length]);
  }
  return checksums;
}

async function read(file: string, shape: (number | null)[]): Promise<Uint8Array> {
  const compressed = await readDataFile(file, "name the folder with Fashion-MNIST's four files");
  return decodeIdx(gunzip(compressed, file, LARGEST_FASHION_MNIST_FILE), file, shape);
}

function firstOfEachClass(labels: Uint8Array, perClass: number): number[] {
  const taken: number[] = [];
  const indices: number[] = [];
  labels.forEach((label, index) => {
    taken[label] = (taken[label] ?? 0) + 1;
    if (taken[label] <= perClass) indices.push(index);
  });
  return indices;
}

if (import.meta.main) {
  console.log(await makeFashionMnistSubset(Deno.args[0] ?? ".", EMBEDDED_FOLDER));
}
