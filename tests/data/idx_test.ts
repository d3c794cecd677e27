import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { gzipSync } from "node:zlib";
import { decodeIdx, encodeIdx, gunzip } from "../../lib/data/idx.ts";
import { UserError } from "../../lib/user_error.ts";

const DATA = Uint8Array.from([1, 2, 3, 4, 5, 255]);
const FILE = "some/folder/images.gz";

/** Checks that the error names the file, the damage and the remedy. */
function assertDamaged(run: () => unknown, why: string) {
  const { message } = assertThrows(run, UserError, why);
  assertStringIncludes(message, `${FILE} is damaged: `);
  assertStringIncludes(message, "delete it and get it again");
}

Deno.test("decodeIdx() reads what encodeIdx() wrote", () => {
  for (const shape of [[6], [2, 3], [1, 3, 2]]) {
    assertEquals(decodeIdx(encodeIdx(DATA, shape), FILE, shape), DATA);
  }
  assertEquals(decodeIdx(encodeIdx(DATA, [2, 3]), FILE, [null, 3]), DATA);
  assertEquals(decodeIdx(encodeIdx(new Uint8Array(), [0]), FILE, [null]), new Uint8Array());
});

Deno.test("encodeIdx() writes the layout of MNIST", () => {
  assertEquals(
    [...encodeIdx(Uint8Array.of(7, 9), [2, 1])],
    [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 7, 9],
  );
});

Deno.test("decodeIdx() reads a file in the middle of a buffer", () => {
  const buffer = new Uint8Array(100);
  buffer.set(encodeIdx(DATA, [6]), 13);
  assertEquals(decodeIdx(buffer.subarray(13, 13 + 8 + 6), FILE, [6]), DATA);
});

Deno.test("decodeIdx() refuses another magic number", () => {
  const bytes = encodeIdx(DATA, [6]);
  assertDamaged(() => decodeIdx(bytes, FILE, [2, 3]), "like an idx file of bytes in 2 dimensions");
  bytes[2] = 0x0d;
  assertDamaged(() => decodeIdx(bytes, FILE, [6]), "like an idx file of bytes in 1 dimensions");
});

Deno.test("decodeIdx() refuses dimensions other than the expected ones", () => {
  const bytes = encodeIdx(DATA, [2, 3]);
  assertDamaged(() => decodeIdx(bytes, FILE, [null, 2]), "dimensions are [2, 3], not [any, 2]");
});

Deno.test("decodeIdx() refuses a file that is too short or too long", () => {
  const bytes = encodeIdx(DATA, [6]);
  for (const length of [0, 3, 7]) {
    assertDamaged(() => decodeIdx(bytes.subarray(0, length), FILE, [6]), "like an idx file");
  }
  const short = bytes.subarray(0, -1);
  assertDamaged(() => decodeIdx(short, FILE, [6]), "13 bytes uncompressed");
  assertDamaged(() => decodeIdx(short, FILE, [null]), "its dimensions [6] need 14");
  const long = Uint8Array.from([...bytes, 0]);
  assertDamaged(() => decodeIdx(long, FILE, [6]), "15 bytes uncompressed");
});

Deno.test("gunzip() decompresses a gzip file", () => {
  assertEquals([...gunzip(gzipSync(DATA), FILE, DATA.length)], [...DATA]);
});

Deno.test("gunzip() refuses content above its limit, and never holds it in memory", () => {
  const bomb = gzipSync(new Uint8Array(64 << 20));
  const before = Deno.memoryUsage().rss;
  assertDamaged(() => gunzip(bomb, FILE, 5000), "it holds more than 5000 bytes uncompressed");
  const grown = (Deno.memoryUsage().rss - before) / 2 ** 20;
  assert(grown < 32, `${grown.toFixed(0)} MiB more`);
});

Deno.test("gunzip() refuses bytes that are not gzip, truncated or changed", () => {
  const compressed = Uint8Array.from(gzipSync(new Uint8Array(5000).map((_, i) => i * i)));
  const changed = compressed.slice();
  changed[changed.length - 6] ^= 1; // its checksum
  for (const bytes of [DATA, new Uint8Array(), compressed.subarray(0, -20), changed]) {
    assertDamaged(() => gunzip(bytes, FILE, 5000), "it cannot be decompressed (");
  }
});
