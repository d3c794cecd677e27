import { assert } from "@std/assert";
import { zipSync } from "fflate";
import { assertRefused } from "./assert_refused_file.ts";
import { makePickle, makePytorchFile, tensor } from "./make_pytorch_file.ts";

const dict = (entries: Readonly<Record<string, unknown>>) => new Map(Object.entries(entries));

const WHOLE = makePytorchFile(dict({ a: tensor() }));

Deno.test("decodePytorchFile() refuses a truncated file, wherever it ends", () => {
  for (let length = 4; length < WHOLE.length; length++) {
    assertRefused(WHOLE.subarray(0, length), "");
  }
});

Deno.test("decodePytorchFile() refuses compressed parts before it makes them larger", () => {
  const size = 2 ** 22;
  const bomb = zipSync({
    "archive/data.pkl": makePickle(dict({ a: tensor({ size, shape: [size] }) })),
    "archive/data/0": new Uint8Array(4 * size),
  });
  assert(bomb.length < size / 100);
  assertRefused(bomb, '"archive/data.pkl" is compressed');
});

/** Finds the entries of the list at the end of a zip. */
function listed(bytes: Uint8Array): { view: DataView; entries: number[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = [...bytes.keys()].filter((at) =>
    at + 4 <= bytes.length && view.getUint32(at, true) === 0x02014b50
  );
  return { view, entries };
}

Deno.test("decodePytorchFile() refuses parts that overlap, are there twice, or lie about their size", () => {
  const overlapping = WHOLE.slice();
  const all = listed(overlapping);
  for (const at of all.entries) {
    all.view.setUint32(at + 20, WHOLE.length >> 1, true);
    all.view.setUint32(at + 24, WHOLE.length >> 1, true);
  }
  assertRefused(overlapping, "its parts overlap");

  const pickle = makePickle(null);
  const twice = zipSync({ "archive/data.pkl": pickle, "archive/dat2.pkl": pickle }, { level: 0 });
  const text = new TextDecoder("latin1").decode(twice).replaceAll("dat2.pkl", "data.pkl");
  assertRefused(Uint8Array.from(text, (c) => c.charCodeAt(0)), 'it holds "archive/data.pkl" twice');

  const lying = WHOLE.slice();
  const { view, entries } = listed(lying);
  view.setUint32(entries.at(-1)! + 24, 2 ** 31, true);
  assertRefused(lying, '"archive/data/0" is compressed');
  view.setUint32(entries.at(-1)! + 20, 8, true);
  view.setUint32(entries.at(-1)! + 24, 8, true);
  assertRefused(lying, 'storage "0" of tensor "a" has 8 bytes, but 4 values of float32 need 16');
});

Deno.test("decodePytorchFile() ends soon if a zip lists more parts than it has", () => {
  const many = WHOLE.slice();
  const end = many.length - 22;
  new DataView(many.buffer).setUint16(end + 8, 0xfffe, true);
  new DataView(many.buffer).setUint16(end + 10, 0xfffe, true);
  assertRefused(many, "");
});

Deno.test("decodePytorchFile() refuses files without one pickle, of another byte order, or of old versions", () => {
  const pickle = makePickle(dict({ a: tensor() }));
  const zipped = (parts: Record<string, Uint8Array>) => zipSync(parts, { level: 0 });
  const one = "it must have one data.pkl";
  assertRefused(zipped({ "archive/version": new Uint8Array(4) }), one);
  assertRefused(zipped({ "data.pkl": pickle }), one);
  assertRefused(zipped({ "../../archive/data.pkl": pickle }), one);
  assertRefused(zipped({ "a/data.pkl": pickle, "b/data.pkl": pickle }), one);
  assertRefused(zipped({ "__proto__/data.pkl": pickle, "b/data.pkl": pickle }), one);
  const big = new TextEncoder().encode("big");
  assertRefused(zipped({ "a/data.pkl": pickle, "a/byteorder": big }), "not little-endian");
  assertRefused(Uint8Array.of(0x80, 2, 0x8a, 0x0a, 0x6c), "from before PyTorch 1.6");
});
