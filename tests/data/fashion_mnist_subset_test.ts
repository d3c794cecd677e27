import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import type { ImageSet } from "../../lib/data/dataset.ts";
import { FASHION_MNIST_FILES } from "../../lib/data/decode_fashion_mnist.ts";
import { EMBEDDED_FOLDER, loadFashionMnistSubset } from "../../lib/data/fashion_mnist_subset.ts";
import { UserError } from "../../lib/user_error.ts";

async function withCopy(test: (folder: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    for (const name of FASHION_MNIST_FILES) {
      await Deno.copyFile(join(EMBEDDED_FOLDER, name), join(folder, name));
    }
    await test(folder);
  });
}

function classCounts({ labels }: ImageSet): number[] {
  return Array.from({ length: 10 }, (_, k) => labels.filter((label) => label === k).length);
}

Deno.test("loadFashionMnistSubset() has 500 training and 100 test images of each class", async () => {
  const { train, test, height, width, channels } = await loadFashionMnistSubset(EMBEDDED_FOLDER);
  assertEquals([train.count, test.count, height, width, channels], [5000, 1000, 32, 32, 1]);
  assertEquals(train.images.length, 5000 * 32 * 32);
  assertEquals(classCounts(train), new Array(10).fill(500));
  assertEquals(classCounts(test), new Array(10).fill(100));
});

Deno.test("loadFashionMnistSubset() surrounds each image with two zeros", async () => {
  const { test } = await loadFashionMnistSubset(EMBEDDED_FOLDER);
  const sums = { border: 0, top: 0, bottom: 0, left: 0, right: 0 };
  test.images.forEach((value, at) => {
    const [row, column] = [Math.floor(at / 32) % 32, at % 32];
    if (Math.min(row, column) < 2 || Math.max(row, column) > 29) sums.border += value;
    if (row === 2) sums.top += value;
    if (row === 29) sums.bottom += value;
    if (column === 2) sums.left += value;
    if (column === 29) sums.right += value;
  });
  const { border, ...edges } = sums;
  assertEquals(border, 0);
  assert(Object.values(edges).every((sum) => sum > 0), JSON.stringify(edges));
});

Deno.test("loadFashionMnistSubset() has the fingerprint of earlier results", async () => {
  const { fingerprint } = await loadFashionMnistSubset(EMBEDDED_FOLDER);
  assertEquals(fingerprint, "ff8ca7271ee22abadc8fe376250b70f5cb8421b831df985c51af842e80057f2f");
  await withCopy(async (folder) => {
    assertEquals((await loadFashionMnistSubset(folder)).fingerprint, fingerprint);
  });
});

Deno.test("loadFashionMnistSubset() names a file with a flipped bit", async () => {
  for (const name of FASHION_MNIST_FILES) {
    await withCopy(async (folder) => {
      const file = join(folder, name);
      const bytes = await Deno.readFile(file);
      bytes[bytes.length >> 1] ^= 1;
      await Deno.writeFile(file, bytes);
      await assertRejects(
        () => loadFashionMnistSubset(folder),
        UserError,
        `${file} is not as it was committed; get it back with git checkout`,
      );
    });
  }
});

Deno.test("loadFashionMnistSubset() names a file that is missing", async () => {
  await withCopy(async (folder) => {
    const file = join(folder, "t10k-labels-idx1-ubyte.gz");
    await Deno.remove(file);
    await assertRejects(
      () => loadFashionMnistSubset(folder),
      UserError,
      `the data file ${file} is missing; get it back with git checkout`,
    );
  });
});
