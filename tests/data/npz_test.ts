import { assert, assertEquals, assertThrows } from "@std/assert";
import { zipSync } from "fflate";
import { dataFile } from "./data_files.ts";
import { makeNpy, type NpySource } from "./make_npz.ts";
import { decodeNpy, readNpzArray } from "../../lib/data/npz.ts";
import { UserError } from "../../lib/user_error.ts";

for (const name of ["stored.npz", "deflated.npz"]) {
  Deno.test(`readNpzArray() reads NumPy's ${name}`, async () => {
    const bytes = await dataFile(name);
    const data = readNpzArray(bytes, name, "data", 100);
    assertEquals(data.shape, [3, 5]);
    assertEquals([...data.data], Array.from({ length: 15 }, (_, k) => 17 * k));
    const labels = readNpzArray(bytes, name, "labels", 100);
    assertEquals(labels, { shape: [3], data: BigInt64Array.of(1n, 1000n, -2n) });
  });

  Deno.test(`readNpzArray() says what is wrong with a truncated ${name}, or with one that lacks an array`, async () => {
    const bytes = await dataFile(name);
    for (const length of [0, 10, bytes.length >> 1, bytes.length - 1]) {
      assertThrows(
        () => readNpzArray(bytes.subarray(0, length), name, "data", 100),
        UserError,
        `${name} is damaged: it is not a whole npz file`,
      );
    }
    assertThrows(
      () => readNpzArray(bytes, name, "images", 100),
      UserError,
      `${name} holds no array "images"`,
    );
    assertThrows(
      () => readNpzArray(bytes, name, "mean", 100),
      UserError,
      `${name}, array "mean" is damaged: its values are "<f8" in C order`,
    );
  });
}

Deno.test("readNpzArray() refuses content above its limit, and never holds it in memory", () => {
  const values = new Uint8Array(32 << 20);
  const array = makeNpy({ type: "|u1", shape: [values.length], values });
  const bomb = zipSync({ "data.npy": array }, { level: 1 });
  const lie = bomb.slice();
  const list = bomb.length - 22 - 46 - "data.npy".length;
  new DataView(lie.buffer).setUint32(list + 24, 100, true);
  const before = Deno.memoryUsage().rss;
  assertThrows(
    () => readNpzArray(bomb, "a.npz", "data", 1000),
    UserError,
    `a.npz is damaged: its data.npy has ${array.length} bytes, but may have 66536 at most`,
  );
  assertThrows(
    () => readNpzArray(lie, "a.npz", "data", 1000),
    UserError,
    'a.npz, array "data" is damaged: it has',
  );
  const grown = (Deno.memoryUsage().rss - before) / 2 ** 20;
  assert(grown < 16, `${grown.toFixed(0)} MiB more`);
});

Deno.test("decodeNpy() reads whole numbers of every size", () => {
  const sources: [string, NpySource["values"]][] = [
    ["|u1", Uint8Array.of(0, 255)],
    ["|i1", Int8Array.of(-128, 127)],
    ["<u2", Uint16Array.of(0, 65_535)],
    ["<i2", Int16Array.of(-32_768, 32_767)],
    ["<u4", Uint32Array.of(0, 2 ** 32 - 1)],
    ["<i4", Int32Array.of(-(2 ** 31), 2 ** 31 - 1)],
    ["<u8", BigUint64Array.of(0n, 2n ** 64n - 1n)],
    ["<i8", BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)],
  ];
  for (const [type, values] of sources) {
    assertEquals(decodeNpy(makeNpy({ type, shape: [1, 2], values }), "a"), {
      shape: [1, 2],
      data: values as Uint8Array,
    });
  }
});

Deno.test("decodeNpy() reads the longer headers of version 2", () => {
  const one = makeNpy({ type: "|u1", shape: [3], values: Uint8Array.of(1, 2, 3) });
  const two = Uint8Array.of(...one.subarray(0, 10), 0, 0, ...one.subarray(10));
  two[6] = 2;
  assertEquals(decodeNpy(two, "a").data, Uint8Array.of(1, 2, 3));
});

Deno.test("decodeNpy() reads a single number and an empty array", () => {
  assertEquals(decodeNpy(makeNpy({ type: "|u1", shape: [], values: Uint8Array.of(7) }), "a"), {
    shape: [],
    data: Uint8Array.of(7),
  });
  assertEquals(decodeNpy(makeNpy({ type: "|u1", shape: [0, 4], values: new Uint8Array() }), "a"), {
    shape: [0, 4],
    data: new Uint8Array(),
  });
});

Deno.test("decodeNpy() names the file and what is wrong with it", () => {
  const source = { type: "|u1", shape: [2, 2], values: new Uint8Array(4) };
  const whole = makeNpy(source);
  const cases: [Uint8Array, string][] = [
    [new Uint8Array(), "it does not start like an npy file"],
    [whole.map((byte, k) => k === 0 ? 0x92 : byte), "it does not start like an npy file"],
    [whole.subarray(0, 40), "its header does not give type, order and shape"],
    [whole.subarray(0, -1), 'it has 3 bytes of values, but its shape [2, 2] and type "|u1" need 4'],
    [makeNpy({ ...source, shape: [2] }), "it has 4 bytes of values, but its shape [2]"],
    [makeNpy({ ...source, shape: [2 ** 32, 2 ** 32] }), "it has 4 bytes of values, but its shape"],
    [
      makeNpy({ ...source, type: "|O" }),
      'its values are "|O" in C order, but must be whole numbers',
    ],
    [makeNpy({ ...source, type: ">i4" }), 'its values are ">i4" in C order'],
    [makeNpy({ ...source, fortranOrder: true }), 'its values are "|u1" in Fortran order'],
  ];
  for (const [bytes, reason] of cases) {
    assertThrows(() => decodeNpy(bytes, "a.npy"), UserError, `a.npy is damaged: ${reason}`);
  }
});
