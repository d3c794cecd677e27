import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { writeSmallFashionMnist } from "./small_fashion_mnist.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { makeFashionMnistSubset } from "../../lib/data/embedded/make_fashion_mnist_subset.ts";
import { FASHION_MNIST_FILES } from "../../lib/data/decode_fashion_mnist.ts";
import { EMBEDDED_FOLDER } from "../../lib/data/fashion_mnist_subset.ts";
import { decodeIdx, gunzip } from "../../lib/data/idx.ts";
import { exists } from "../../lib/files/exists.ts";
import { sha256 } from "../../lib/files/sha256.ts";
import { UserError } from "../../lib/user_error.ts";

async function contentOf(folder: string, name: string): Promise<Uint8Array> {
  return gunzip(await Deno.readFile(join(folder, name)), name, 1e7);
}

Deno.test("makeFashionMnistSubset() takes the first images of each class in their original order", async () => {
  await withTemporaryFolder(async (folder) => {
    const [source, target] = [join(folder, "source"), join(folder, "target")];
    // 402 trousers and 201 dresses: two of every three images are trousers. Greys identify images.
    const labels = Array.from({ length: 603 }, (_, k) => k % 3 === 2 ? 3 : 1);
    await writeSmallFashionMnist(source, labels, labels.map((_, k) => k % 256));
    await makeFashionMnistSubset(source, target);
    // The test set takes 100 of each: dress 100 is image 299, trouser 100 is image 148.
    const kept = labels.flatMap((label, k) => k < (label === 3 ? 300 : 149) ? [k] : []);
    const chosen = decodeIdx(await contentOf(target, FASHION_MNIST_FILES[3]), "labels", [200]);
    assertEquals([...chosen], kept.map((k) => labels[k]));
    const images = decodeIdx(await contentOf(target, FASHION_MNIST_FILES[2]), "images", [
      200,
      28,
      28,
    ]);
    assertEquals(
      kept.map((_, place) => images[place * 28 * 28]),
      kept.map((k) => k % 256),
    );
    const train = decodeIdx(await contentOf(target, FASHION_MNIST_FILES[1]), "labels", [603]);
    assertEquals([...train], labels);
  });
});

Deno.test("makeFashionMnistSubset() writes the same bytes every time, and returns their SHA-256", async () => {
  await withTemporaryFolder(async (folder) => {
    const source = join(folder, "source");
    await writeSmallFashionMnist(source, [0, 1, 2, 1, 0]);
    const first = await makeFashionMnistSubset(source, join(folder, "first"));
    assertEquals(await makeFashionMnistSubset(source, join(folder, "second")), first);
    for (const name of FASHION_MNIST_FILES) {
      assertEquals(sha256(await Deno.readFile(join(folder, "second", name))), first[name]);
    }
  });
});

Deno.test("makeFashionMnistSubset() names a file of the source that is missing", async () => {
  await withTemporaryFolder(async (folder) => {
    await assertRejects(
      () => makeFashionMnistSubset(folder, folder),
      UserError,
      `the data file ${join(folder, "train-labels-idx1-ubyte.gz")} is missing`,
    );
  });
});

const DEBIAN = "/usr/share/datasets/fashion-mnist";
const present = await exists(DEBIAN);
const missing = present ? "" : " (skipped: Debian's dataset-fashion-mnist is not installed)";

Deno.test({
  name: `the embedded subset is what makeFashionMnistSubset() makes of the whole set${missing}`,
  ignore: !present,
  fn: () =>
    withTemporaryFolder(async (folder) => {
      await makeFashionMnistSubset(DEBIAN, folder);
      for (const name of FASHION_MNIST_FILES) {
        // Compares the content, because another zlib may compress differently.
        assertEquals(
          sha256(await contentOf(folder, name)),
          sha256(await contentOf(EMBEDDED_FOLDER, name)),
        );
      }
    }),
});
