import { assertAlmostEquals, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { writeSmallFashionMnist } from "./small_fashion_mnist.ts";
import { refusingUrl, withServer } from "./with_server.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { dataFolder } from "../../lib/data/data_source.ts";
import { loadFashionMnist } from "../../lib/data/fashion_mnist.ts";
import { encodeIdx } from "../../lib/data/idx.ts";
import { loadDataset } from "../../lib/data/load_dataset.ts";
import { exists } from "../../lib/files/exists.ts";
import { UserError } from "../../lib/user_error.ts";

/** Sources without any file. */
const NOWHERE = { system: "/nonexistent", url: refusingUrl(), pauses: [] };

/** Runs a test with a data folder of three images: a bag, a sandal and an ankle boot. */
async function withSmallFolder(
  test: (dataFolder: string, folder: string) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (parent) => {
    const folder = join(parent, "fashion-mnist");
    await writeSmallFashionMnist(folder, [8, 5, 9], [10, 20, 30]);
    await test(parent, folder);
  });
}

Deno.test("loadFashionMnist() accepts unofficial files only when told to", async () => {
  await withSmallFolder(async (dataFolder, folder) => {
    const error = await assertRejects(
      () => loadFashionMnist({ dataFolder }, NOWHERE),
      UserError,
      `cannot verify that the files in ${folder} are the official ones`,
    );
    assertStringIncludes(error.message, "--unverified-data");
    const dataset = await loadFashionMnist({ dataFolder, acceptUnverified: true }, NOWHERE);
    assertEquals(dataset.provenance, "unverified copy");
  });
});

Deno.test("loadFashionMnist() pads images to 32×32 and names their classes", async () => {
  await withSmallFolder(async (dataFolder) => {
    const { train, test, classes, height, width, channels } = await loadFashionMnist(
      { dataFolder, acceptUnverified: true },
      NOWHERE,
    );
    assertEquals([train.count, test.count, height, width, channels], [3, 3, 32, 32, 1]);
    assertEquals([...train.labels].map((label) => classes[label]), ["Bag", "Sandal", "Ankle boot"]);
    const second = train.images.subarray(32 * 32, 2 * 32 * 32);
    second.forEach((value, at) => {
      const [row, column] = [Math.floor(at / 32), at % 32];
      const isBorder = Math.min(row, column) < 2 || Math.max(row, column) > 29;
      assertEquals(value, isBorder ? 0 : 20);
    });
  });
});

Deno.test("loadFashionMnist() uses the system's files if the data folder has none", async () => {
  await withSmallFolder(async (_, system) => {
    const dataset = await loadFashionMnist(
      { dataFolder: "/nonexistent", acceptUnverified: true },
      { ...NOWHERE, system },
    );
    assertEquals(dataset.train.count, 3);
  });
});

Deno.test("loadFashionMnist() downloads a file that is missing and checks it", async () => {
  await withSmallFolder(async (dataFolder, folder) => {
    const name = "t10k-labels-idx1-ubyte.gz";
    await Deno.remove(join(folder, name));
    const requested: string[] = [];
    const answer = (path: string) => {
      requested.push(path);
      return new Response(new Uint8Array(5148)); // as large as that file
    };
    await withServer(answer, async (url) => {
      await assertRejects(
        () => loadFashionMnist({ dataFolder }, { ...NOWHERE, url }),
        UserError,
        `the download of ${join(folder, name)} is damaged`,
      );
    });
    assertEquals(requested, [`/${name}`]);
  });
});

Deno.test("loadFashionMnist() says where to put the files if there is no connection", async () => {
  await withTemporaryFolder(async (dataFolder) => {
    const folder = join(dataFolder, "fashion-mnist");
    const error = await assertRejects(
      () => loadFashionMnist({ dataFolder }, NOWHERE),
      UserError,
      `${join(folder, "train-images-idx3-ubyte.gz")} is missing and cannot be downloaded`,
    );
    assertStringIncludes(error.message, `${NOWHERE.url}train-images-idx3-ubyte.gz`);
    assertStringIncludes(error.message, `put it in ${folder}`);
  });
});

Deno.test("loadFashionMnist() names the file that is damaged, even if told to accept any", async () => {
  const labels = (...values: number[]) =>
    gzipSync(encodeIdx(Uint8Array.from(values), [values.length]));
  const cases: [name: string, bytes: Uint8Array, message: string][] = [
    ["train-labels-idx1-ubyte.gz", labels(8, 17, 9), "label 17 in record 1 is out of range 0…9"],
    ["train-images-idx3-ubyte.gz", labels(1, 2, 3), "it does not start like an idx file"],
    [
      "t10k-labels-idx1-ubyte.gz",
      labels(8, 5),
      "t10k-images-idx3-ubyte.gz is damaged: its dimensions are [3, 28, 28], not [2, 28, 28]",
    ],
    ["t10k-labels-idx1-ubyte.gz", labels(8).subarray(0, 20), "it cannot be decompressed"],
    [
      "train-images-idx3-ubyte.gz",
      gzipSync(new Uint8Array(50e6)),
      "it holds more than 47040016 bytes uncompressed",
    ],
  ];
  for (const [name, bytes, message] of cases) {
    await withSmallFolder(async (dataFolder, folder) => {
      await Deno.writeFile(join(folder, name), bytes);
      const error = await assertRejects(
        () => loadFashionMnist({ dataFolder, acceptUnverified: true }, NOWHERE),
        UserError,
        message,
      );
      assertStringIncludes(error.message, folder);
    });
  }
});

const candidates = [join(dataFolder(), "fashion-mnist"), "/usr/share/datasets/fashion-mnist"];
const present = (await Promise.all(candidates.map(exists))).some(Boolean);
const missing = present ? "" : " (skipped: the data set is not on this machine)";

Deno.test({
  name: `fashionMnist has the official content, and the declared mean and std${missing}`,
  ignore: !present,
  async fn() {
    const { train, test, provenance, mean, std } = await loadDataset("fashion-mnist");
    assertEquals([train.count, test.count, provenance], [60_000, 10_000, "verified"]);
    let sum = 0;
    let squares = 0;
    for (const value of train.images) {
      sum += value;
      squares += value * value;
    }
    const average = sum / train.images.length / 255;
    const variance = squares / train.images.length / 255 ** 2 - average ** 2;
    assertAlmostEquals(mean[0], average, 5e-5);
    assertAlmostEquals(std[0], Math.sqrt(variance), 5e-5);
  },
});
