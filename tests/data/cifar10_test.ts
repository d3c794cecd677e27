import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { makeArchive } from "./make_archive.ts";
import { refusingUrl, withServer } from "./with_server.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { loadCifar } from "../../lib/data/cifar.ts";
import { CIFAR10 } from "../../lib/data/cifar10.ts";
import { dataFolder, type DataOptions } from "../../lib/data/data_source.ts";
import type { Dataset, Labels } from "../../lib/data/dataset.ts";
import { loadDataset } from "../../lib/data/load_dataset.ts";
import { md5 } from "../../lib/data/md5.ts";
import { exists } from "../../lib/files/exists.ts";
import { UserError } from "../../lib/user_error.ts";

const FOLDER = "cifar-10-batches-bin";

/** The six files with one image each. Its label is the file's place in this list. */
const FILES = Object.fromEntries(
  [1, 2, 3, 4, 5].map((k) => `data_batch_${k}.bin`).concat("test_batch.bin").map((name, label) => [
    name,
    Uint8Array.from({ length: 3073 }, (_, at) => at === 0 ? label : at),
  ]),
);

const ARCHIVE = await makeArchive(FOLDER, FILES);

/** Loads such files from a data folder, else from a server. */
function loadSmall(options: DataOptions, url = refusingUrl()): Promise<Dataset> {
  const archive = {
    url: `${url}cifar-10-binary.tar.gz`,
    md5: md5(ARCHIVE),
    size: ARCHIVE.length,
    unpackedSize: 100_000,
    pauses: [],
  };
  const train = Object.fromEntries(Object.keys(CIFAR10.train).map((name) => [name, 1]));
  return loadCifar({ ...CIFAR10, archive, train, test: { "test_batch.bin": 1 } }, options);
}

/** Runs a test with a data folder of the six files, without a record. */
async function withCopy(test: (dataFolder: string, folder: string) => Promise<void>) {
  await withTemporaryFolder(async (parent) => {
    const folder = join(parent, FOLDER);
    await Deno.mkdir(folder);
    for (const [name, bytes] of Object.entries(FILES)) {
      await Deno.writeFile(join(folder, name), bytes);
    }
    await test(parent, folder);
  });
}

Deno.test("loadCifar() of CIFAR-10 puts the five training files in order", async () => {
  await withCopy(async (dataFolder) => {
    const { train, test, classes } = await loadSmall({
      dataFolder,
      acceptUnverified: true,
    });
    assertEquals([...train.labels], [0, 1, 2, 3, 4]);
    assertEquals([...test.labels].map((label) => classes[label]), ["dog"]);
    assertEquals([train.count, train.images.length], [5, 5 * 3072]);
  });
});

Deno.test("loadCifar() of CIFAR-10 keeps its fingerprint", async () => {
  await withCopy(async (dataFolder) => {
    const { fingerprint } = await loadSmall({ dataFolder, acceptUnverified: true });
    assertEquals(fingerprint, "081ed3c0efca63b311955c24e9322250a26d09510e0c8fcb1151ae33d2a1edd1");
  });
});

Deno.test("loadCifar() of CIFAR-10 accepts an unverified copy only when told to", async () => {
  await withCopy(async (dataFolder, folder) => {
    const error = await assertRejects(
      () => loadSmall({ dataFolder }),
      UserError,
      `cannot verify that the files in ${folder} are the official ones`,
    );
    assertStringIncludes(error.message, "--unverified-data");
    const options = { dataFolder, acceptUnverified: true };
    assertEquals((await loadSmall(options)).provenance, "unverified copy");
  });
});

Deno.test("loadCifar() of CIFAR-10 downloads the archive once, and verifies its files", async () => {
  let requests = 0;
  const answer = () => {
    requests++;
    return new Response(ARCHIVE);
  };
  await withTemporaryFolder((dataFolder) =>
    withServer(answer, async (url) => {
      const first = await loadSmall({ dataFolder }, url);
      assertEquals([first.provenance, first.train.count], ["verified", 5]);
      assertEquals(await loadSmall({ dataFolder }, url), first);
      assertEquals(requests, 1);

      const file = join(dataFolder, FOLDER, "data_batch_2.bin");
      const bytes = await Deno.readFile(file);
      bytes[1000] ^= 1;
      await Deno.writeFile(file, bytes);
      await assertRejects(
        () => loadSmall({ dataFolder, acceptUnverified: true }, url),
        UserError,
        `${file} is damaged`,
      );
    })
  );
});

Deno.test("loadCifar() of CIFAR-10 names a file that is truncated or missing, even if told to accept any", async () => {
  await withCopy(async (dataFolder, folder) => {
    const file = join(folder, "data_batch_4.bin");
    await Deno.truncate(file, 3000);
    const load = () => loadSmall({ dataFolder, acceptUnverified: true });
    await assertRejects(
      load,
      UserError,
      `${file} is truncated: it has 3000 bytes, but should have 3073`,
    );
    await Deno.remove(file);
    await assertRejects(load, UserError, `the data file ${file} is missing; put it there`);
  });
});

Deno.test("loadCifar() of CIFAR-10 says where to put the archive if there is no connection", async () => {
  const url = refusingUrl();
  await withTemporaryFolder(async (dataFolder) => {
    const error = await assertRejects(
      () => loadSmall({ dataFolder }, url),
      UserError,
      `${join(dataFolder, "cifar-10-binary.tar.gz")} is missing and cannot be downloaded`,
    );
    assertStringIncludes(
      error.message,
      `${url}cifar-10-binary.tar.gz by other means and put it in ${dataFolder}`,
    );
  });
});

const present = await exists(join(dataFolder(), FOLDER));
const missing = present ? "" : " (skipped: the data set is not on this machine)";

Deno.test({
  name: `cifar10 has 5,000 + 1,000 images of each class, with the declared mean${missing}`,
  ignore: !present,
  async fn() {
    const { train, test, mean } = await loadDataset("cifar10", { acceptUnverified: true });
    const classCounts = (labels: Labels) => {
      const counts = new Array<number>(10).fill(0);
      labels.forEach((label) => counts[label]++);
      return counts;
    };
    assertEquals(classCounts(train.labels), new Array(10).fill(5000));
    assertEquals(classCounts(test.labels), new Array(10).fill(1000));
    const sums = [0, 0, 0];
    for (let at = 0; at < train.images.length; at += 3) {
      for (let c = 0; c < 3; c++) sums[c] += train.images[at + c];
    }
    const means = sums.map((sum) => sum / (train.count * 32 * 32) / 255);
    assertEquals(means.map((value) => value.toFixed(3)), mean.map((value) => value.toFixed(3)));
  },
});
