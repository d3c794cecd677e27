import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encodeIdx } from "../../lib/data/idx.ts";

/**
 * Writes the four files of Fashion-MNIST's layout. Image k of either part has the one grey level
 * `greys[k]`.
 */
export async function writeSmallFashionMnist(
  folder: string,
  labels: readonly number[],
  greys: readonly number[] = labels,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const images = new Uint8Array(labels.length * 28 * 28);
  greys.forEach((grey, k) => images.fill(grey, k * 28 * 28, (k + 1) * 28 * 28));
  for (const part of ["train", "t10k"]) {
    const write = (name: string, data: Uint8Array, shape: number[]) =>
      Deno.writeFile(join(folder, `${part}-${name}-ubyte.gz`), gzipSync(encodeIdx(data, shape)));
    await write("images-idx3", images, [labels.length, 28, 28]);
    await write("labels-idx1", Uint8Array.from(labels), [labels.length]);
  }
}
