/**
 * Makes the embedded subset from the whole of Fashion-MNIST: the first 500 training and the first 100
 * test images of each class, in their own order. Prints the checksums that the loader holds.
 *
 * usage: deno run -A lib/data/embedded/make_fashion_mnist_subset.ts FOLDER_WITH_THE_FOUR_FILES
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { sha256 } from "../../files/sha256.ts";
import { writeAtomically } from "../../files/write_atomically.ts";
import { decodeIdx, encodeIdx } from "../idx.ts";

const SIDE = 28;
const CLASSES = 10;
const source = Deno.args[0];
const target = fileURLToPath(new URL("./fashion-mnist-subset", import.meta.url));

for (
  const { part, perClass } of [{ part: "train", perClass: 500 }, { part: "t10k", perClass: 100 }]
) {
  const [imageName, labelName] = [`${part}-images-idx3-ubyte.gz`, `${part}-labels-idx1-ubyte.gz`];
  const labels = decodeIdx(await Deno.readFile(join(source, labelName)), labelName, [null]);
  const images = decodeIdx(await Deno.readFile(join(source, imageName)), imageName, [
    labels.length,
    SIDE,
    SIDE,
  ]);
  const taken = new Array<number>(CLASSES).fill(0);
  const indices: number[] = [];
  labels.forEach((label, index) => taken[label]++ < perClass && indices.push(index));
  const pixels = SIDE * SIDE;
  const chosen = new Uint8Array(indices.length * pixels);
  indices.forEach((index, i) =>
    chosen.set(images.subarray(index * pixels, (index + 1) * pixels), i * pixels)
  );
  await write(imageName, encodeIdx(chosen, [indices.length, SIDE, SIDE]));
  await write(
    labelName,
    encodeIdx(Uint8Array.from(indices, (index) => labels[index]), [indices.length]),
  );
}

async function write(name: string, content: Uint8Array): Promise<void> {
  const bytes = gzipSync(content, { level: 9 });
  await writeAtomically(join(target, name), bytes);
  console.log(`"${name}": "${sha256(bytes)}",`);
}
