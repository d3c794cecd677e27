import { assertEquals, assertThrows } from "@std/assert";
import { type CifarFile, decodeCifar } from "../../lib/data/cifar.ts";
import { UserError } from "../../lib/user_error.ts";

const RECORD = 3073;

/** Makes two records. Pixel k of image i is (k + i, k + 2 + i, 7 + i) modulo 256. */
function twoRecords(labels: [number, number]): Uint8Array {
  const bytes = new Uint8Array(2 * RECORD);
  labels.forEach((label, i) => {
    bytes[i * RECORD] = label;
    for (let k = 0; k < 1024; k++) {
      bytes.set([k + i], i * RECORD + 1 + k);
      bytes.set([k + 2 + i], i * RECORD + 1 + 1024 + k);
      bytes.set([7 + i], i * RECORD + 1 + 2048 + k);
    }
  });
  return bytes;
}

/** Decodes files of two images each, of ten classes. */
function decode(files: Omit<CifarFile, "images">[]) {
  const two = files.map((file) => ({ ...file, images: 2 }));
  return decodeCifar(two, 10, { labelBytes: 1, labelAt: 0 });
}

Deno.test("decodeCifar() turns planes into pixels and keeps the order of files", () => {
  const { images, labels, count } = decode([
    { file: "a", bytes: twoRecords([3, 9]) },
    { file: "b", bytes: twoRecords([0, 1]) },
  ]);
  assertEquals(count, 4);
  assertEquals([...labels], [3, 9, 0, 1]);
  assertEquals(images.length, 4 * 3072);
  assertEquals([...images.subarray(0, 6)], [0, 2, 7, 1, 3, 7]);
  const secondOfB = images.subarray(3 * 3072);
  assertEquals([...secondOfB.subarray(3 * 33, 3 * 34)], [34, 36, 8]);
  assertEquals([...secondOfB.subarray(3 * 1023)], [0, 2, 8]);
});

Deno.test("decodeCifar() names a truncated file and both sizes", () => {
  const files = [
    { file: "data/a.bin", bytes: twoRecords([0, 0]) },
    { file: "data/b.bin", bytes: twoRecords([0, 0]).subarray(1) },
  ];
  assertThrows(
    () => decode(files),
    UserError,
    "data/b.bin is truncated: it has 6145 bytes, but should have 6146; delete it and get it again",
  );
});

Deno.test("decodeCifar() names a file that is too long", () => {
  const files = [{ file: "a.bin", bytes: new Uint8Array(2 * RECORD + 1) }];
  assertThrows(
    () => decode(files),
    UserError,
    "a.bin is not in CIFAR's binary layout: it has 6147 bytes, but should have 6146",
  );
});

Deno.test("decodeCifar() names the label that is out of range, its file and its record", () => {
  const files = [
    { file: "a.bin", bytes: twoRecords([0, 0]) },
    { file: "b.bin", bytes: twoRecords([9, 10]) },
  ];
  assertThrows(
    () => decode(files),
    UserError,
    "b.bin is damaged: label 10 in record 1 is out of range 0…9",
  );
});
