import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { makeNpz, type NpySource } from "./make_npz.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { loadImagenet32 } from "../../lib/data/imagenet32.ts";
import { loadDataset } from "../../lib/data/load_dataset.ts";
import { md5 } from "../../lib/data/md5.ts";
import { UserError } from "../../lib/user_error.ts";

const SIZE = 3 * 32 * 32;

/** Makes images. Pixel k is (k + label, k + 1 + label, 9) modulo 256. */
function pixelsOf(labels: number[]): Uint8Array<ArrayBuffer> {
  const plane = (first: number) => Array.from({ length: 1024 }, (_, k) => k + first);
  return Uint8Array.from(
    labels.flatMap((label) => [...plane(label), ...plane(label + 1), ...new Array(1024).fill(9)]),
  );
}

/** Makes a file in the official layout with images of these labels (1…1000). */
function batch(labels: number[], changed: Readonly<Record<string, NpySource>> = {}) {
  const values = BigInt64Array.from(labels, BigInt);
  return makeNpz({
    data: { type: "|u1", shape: [labels.length, SIZE], values: pixelsOf(labels) },
    labels: { type: "<i8", shape: [labels.length], values },
    mean: { type: "<f8", shape: [1], values: Float64Array.of(0.5) },
    ...changed,
  });
}

const FILES: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "train_data_batch_1.npz": batch([1000, 1]),
  "train_data_batch_2.npz": batch([300]),
  "val_data.npz": batch([257, 2]),
};
const CHECKSUMS = Object.fromEntries(
  Object.entries(FILES).map(([name, bytes]) => [name, md5(bytes)]),
);

async function withFiles(
  test: (dataFolder: string, folder: string) => Promise<void>,
  files = FILES,
): Promise<void> {
  await withTemporaryFolder(async (dataFolder) => {
    const folder = join(dataFolder, "imagenet32");
    await Deno.mkdir(folder);
    for (const [name, bytes] of Object.entries(files)) {
      await Deno.writeFile(join(folder, name), bytes);
    }
    await test(dataFolder, folder);
  });
}

Deno.test("loadImagenet32() returns the images of all files in order, with labels from 0 to 999", async () => {
  await withFiles(async (dataFolder) => {
    const { train, test, height, width, channels, classes, provenance } = await loadImagenet32(
      { dataFolder },
      CHECKSUMS,
    );
    assertEquals([height, width, channels, classes.length], [32, 32, 3, 1000]);
    assertEquals([train.count, test.count, provenance], [3, 2, "verified"]);
    assertEquals(train.labels, Uint16Array.of(999, 0, 299));
    assertEquals(test.labels, Uint16Array.of(256, 1));
    assertEquals(train.images.length, 3 * SIZE);
    assertEquals([...train.images.subarray(0, 6)], [232, 233, 9, 233, 234, 9]);
    assertEquals([...train.images.subarray(2 * SIZE, 2 * SIZE + 3)], [44, 45, 9]);
    assertEquals([...test.images.subarray(SIZE, SIZE + 3)], [2, 3, 9]);
  });
});

Deno.test("loadImagenet32() reads the names of classes from the makers' list beside the images", async () => {
  await withFiles(async (dataFolder, folder) => {
    const classesOf = async () => (await loadImagenet32({ dataFolder }, CHECKSUMS)).classes;
    assertEquals((await classesOf()).slice(0, 2), ["class 0", "class 1"]);

    const list = join(folder, "map_clsloc.txt");
    const lines = Array.from({ length: 1000 }, (_, k) => `n${k} ${k + 1} big_name_${k + 1}`);
    await Deno.writeTextFile(list, lines.toReversed().join("\r\n") + "\n");
    assertEquals((await classesOf()).slice(0, 2), ["big name 1", "big name 2"]);

    await Deno.writeTextFile(list, lines.slice(0, 999).join("\n"));
    await assertRejects(classesOf, UserError, `${list} names no class 1000`);
  });
});

Deno.test("loadImagenet32() accepts other files only when told to", async () => {
  const files = { ...FILES, "val_data.npz": batch([2]) };
  await withFiles(async (dataFolder, folder) => {
    await assertRejects(
      () => loadImagenet32({ dataFolder }, CHECKSUMS),
      UserError,
      `cannot verify that the files in ${folder} are the official ones. To get those, get`,
    );
    const { provenance, test } = await loadImagenet32(
      { dataFolder, acceptUnverified: true },
      CHECKSUMS,
    );
    assertEquals([provenance, test.count], ["unverified copy", 1]);
  }, files);
});

Deno.test("loadImagenet32() names a file that is missing, and where to get it", async () => {
  await withFiles(async (dataFolder, folder) => {
    const file = join(folder, "train_data_batch_2.npz");
    await Deno.remove(file);
    const error = await assertRejects(
      () => loadImagenet32({ dataFolder, acceptUnverified: true }, CHECKSUMS),
      UserError,
      `the data file ${file} is missing; get "Downsampled ImageNet", 32×32, in npz format from ` +
        `https://image-net.org/download-images`,
    );
    assertEquals(error.message.endsWith(`val_data.npz into ${folder}`), true);
  });
});

Deno.test("loadImagenet32() names a file that is damaged, even if told to accept any", async () => {
  const whole = FILES["train_data_batch_2.npz"];
  const bytes = (shape: number[], length: number): NpySource => ({
    type: "|u1",
    shape,
    values: new Uint8Array(length),
  });
  const cases: [Uint8Array<ArrayBuffer>, string][] = [
    [whole.slice(0, -100), "is damaged: it is not a whole npz file"],
    [batch([1001]), "is damaged: label 1001 in record 0 is out of range 1…1000"],
    [batch([5, 0]), "is damaged: label 0 in record 1 is out of range 1…1000"],
    [makeNpz({ labels: bytes([1], 1) }), "is damaged: label 0 in record 0 is out of range 1…1000"],
    [makeNpz({ data: bytes([1, SIZE], SIZE) }), 'holds no array "labels"'],
    [
      batch([3], { data: { type: "<f4", shape: [1, SIZE], values: new Float32Array(SIZE) } }),
      'array "data" is damaged: its values are "<f4"',
    ],
    [
      batch([3], { data: { type: "<i4", shape: [1, SIZE], values: new Int32Array(SIZE) } }),
      `its array "data" is a Int32Array of shape [1,${SIZE}], but must be a Uint8Array`,
    ],
    [
      batch([3], { data: bytes([2, SIZE], 2 * SIZE) }),
      `its array "data" is a Uint8Array of shape [2,${SIZE}], but must be a Uint8Array of shape ` +
      `[1,${SIZE}]`,
    ],
    [
      batch([3], { data: bytes([99, SIZE], 99 * SIZE) }),
      `its data.npy has ${75 + 99 * SIZE} bytes, but may have ${65_536 + SIZE} at most`,
    ],
    [
      batch([3], { data: bytes([1, 3 * 16 * 16], 3 * 16 * 16) }),
      'its array "data" is a Uint8Array of shape [1,768]',
    ],
  ];
  for (const [content, reason] of cases) {
    await withFiles(async (dataFolder, folder) => {
      const error = await assertRejects(
        () => loadImagenet32({ dataFolder, acceptUnverified: true }, CHECKSUMS),
        UserError,
        reason,
      );
      const file = join(folder, "train_data_batch_2.npz");
      assertEquals(error.message.startsWith(file), true, error.message);
    }, { ...FILES, "train_data_batch_2.npz": content });
  }
});

Deno.test("loadDataset() knows imagenet32, and asks for its eleven files", async () => {
  await withTemporaryFolder(async (dataFolder) => {
    await assertRejects(
      () => loadDataset("imagenet32", { dataFolder }),
      UserError,
      "put the files train_data_batch_1.npz … train_data_batch_10.npz and val_data.npz into " +
        join(dataFolder, "imagenet32"),
    );
  });
});
