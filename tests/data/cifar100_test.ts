import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { makeArchive } from "./make_archive.ts";
import { refusingUrl, withServer } from "./with_server.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { type CifarLayout, loadCifar } from "../../lib/data/cifar.ts";
import { CIFAR100, CIFAR100_COARSE } from "../../lib/data/cifar100.ts";
import type { DataOptions } from "../../lib/data/data_source.ts";
import type { Dataset } from "../../lib/data/dataset.ts";
import { md5 } from "../../lib/data/md5.ts";
import { UserError } from "../../lib/user_error.ts";

const RECORD = 2 + 3 * 1024;

/** Makes images with these coarse and fine labels. Pixel k of image i is (k + i) modulo 256. */
function images(...labels: [coarse: number, fine: number][]): Uint8Array {
  const bytes = new Uint8Array(labels.length * RECORD);
  labels.forEach(([coarse, fine], i) => {
    for (let k = 0; k < RECORD - 2; k++) bytes[i * RECORD + 2 + k] = k + i;
    bytes.set([coarse, fine], i * RECORD);
  });
  return bytes;
}

const names = (what: string, count: number) =>
  new TextEncoder().encode(
    Array.from({ length: count }, (_, k) => `${what}_${k}\n`).join("") + "\n",
  );

const FILES: Readonly<Record<string, Uint8Array>> = {
  "train.bin": images([4, 99], [19, 0], [0, 51]),
  "test.bin": images([4, 83]),
  "fine_label_names.txt": names("fine", 100),
  "coarse_label_names.txt": names("coarse", 20),
};

const ARCHIVE = await makeArchive("cifar-100-binary", FILES);

/** Loads three and one image from a data folder, else from a server. */
function loadSmall(
  layout: CifarLayout,
  options: DataOptions,
  url = refusingUrl(),
): Promise<Dataset> {
  const archive = {
    url: `${url}cifar-100-binary.tar.gz`,
    md5: md5(ARCHIVE),
    size: ARCHIVE.length,
    unpackedSize: 100_000,
    pauses: [],
  };
  return loadCifar(
    { ...layout, archive, train: { "train.bin": 3 }, test: { "test.bin": 1 } },
    options,
  );
}

Deno.test("loadCifar() reads the fine or the coarse classes of CIFAR-100 from one verified archive", async () => {
  await withTemporaryFolder((dataFolder) =>
    withServer(() => new Response(ARCHIVE), async (url) => {
      const fine = await loadSmall(CIFAR100, { dataFolder }, url);
      assertEquals([fine.name, fine.provenance, fine.classes.length], [
        "cifar100",
        "verified",
        100,
      ]);
      assertEquals([...fine.train.labels, ...fine.test.labels], [99, 0, 51, 83]);
      assertEquals(fine.classes[51], "fine_51");
      const coarse = await loadSmall(CIFAR100_COARSE, { dataFolder });
      assertEquals([coarse.name, coarse.provenance, coarse.classes.length], [
        "cifar100-coarse",
        "verified",
        20,
      ]);
      assertEquals([...coarse.train.labels, ...coarse.test.labels], [4, 19, 0, 4]);
      assertEquals(coarse.classes[19], "coarse_19");
      assertEquals(coarse.train.images, fine.train.images);
      assertEquals([...fine.train.images.subarray(3 * 1024 + 3, 3 * 1024 + 6)], [2, 2, 2]);
      const second = fine.train.images.subarray(3 * 1024);
      assertEquals([...second.subarray(3 * 33, 3 * 34)], [34, 34, 34]);
    })
  );
});

Deno.test("loadCifar() of CIFAR-100 names the file that is truncated, or lists other classes", async () => {
  await withTemporaryFolder(async (dataFolder) => {
    const folder = join(dataFolder, "cifar-100-binary");
    await Deno.mkdir(folder);
    const write = (name: string, bytes = FILES[name]) => Deno.writeFile(join(folder, name), bytes);
    for (const name of Object.keys(FILES)) await write(name);
    const fails = (layout: CifarLayout, message: string) =>
      assertRejects(
        () => loadSmall(layout, { dataFolder, acceptUnverified: true }),
        UserError,
        message,
      );
    await assertRejects(() => loadSmall(CIFAR100, { dataFolder }), UserError, "cannot verify");
    await write("train.bin", FILES["train.bin"].subarray(1));
    await fails(CIFAR100, "train.bin is truncated: it has 9221 bytes, but should have 9222");
    await write("train.bin", images([4, 99], [19, 100], [0, 51]));
    await fails(CIFAR100, "train.bin is damaged: label 100 in record 1 is out of range 0…99");
    await write("train.bin", images([4, 99], [20, 0], [0, 51]));
    await fails(CIFAR100_COARSE, "label 20 in record 1 is out of range 0…19");
    await write("train.bin");
    await write("coarse_label_names.txt", names("coarse", 19));
    await fails(CIFAR100_COARSE, "coarse_label_names.txt is damaged: it lists 19 classes");
  });
});
