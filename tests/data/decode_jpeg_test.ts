import { assertEquals, assertThrows } from "@std/assert";
import { decode as decodePng } from "fast-png";
import { dataFile } from "./data_files.ts";
import { startJpegDecoder } from "../../lib/data/decode_jpeg.ts";
import { UserError } from "../../lib/user_error.ts";

const decode = await startJpegDecoder();

for (const name of ["colour", "grey"]) {
  Deno.test(`a ${name} JPEG gives the pixels that Pillow gives, bit for bit`, async () => {
    const { width, height, pixels } = decode(await dataFile(`${name}.jpg`), name);
    const expected = decodePng(await dataFile(`${name}.png`));
    assertEquals([width, height, expected.channels], [64, 64, 3]);
    assertEquals(pixels, Uint8Array.from(expected.data));
  });
}

Deno.test("the JPEG decoder keeps no pixels of one image in the next", async () => {
  const [colour, small] = [await dataFile("colour.jpg"), await dataFile("small.jpg")];
  const first = decode(colour, "colour");
  const { width, height, pixels } = decode(small, "small");
  assertEquals([width, height, pixels.length], [8, 8, 8 * 8 * 3]);
  assertEquals(decode(colour, "colour"), first);
});

Deno.test("the JPEG decoder refuses an image that it can read only in part", async () => {
  const whole = await dataFile("colour.jpg");
  const middle = whole.length - 400;
  const [before, after] = [whole.subarray(0, middle), whole.subarray(middle + 40)];
  const cases: [Uint8Array, string][] = [
    // The end of the image comes too early, too early in a truncated image, and too late.
    [Uint8Array.of(...before, 0xff, 0xd9, ...after), "Corrupt JPEG data: "],
    [Uint8Array.of(...before, 0xff, 0xd0), "Corrupt JPEG data: "],
    [Uint8Array.of(...whole.subarray(0, -2), 1, 2, 3, 4, 0xff, 0xd9), "Corrupt JPEG data: "],
  ];
  for (const [bytes, reason] of cases) {
    assertThrows(() => decode(bytes, "a.JPEG"), UserError, `a.JPEG is damaged: ${reason}`);
  }
});

Deno.test("the JPEG decoder names a file that is truncated or not a JPEG, and keeps working", async () => {
  const whole = await dataFile("colour.jpg");
  const cases: [Uint8Array, string][] = [
    [new Uint8Array(), "Empty input file"],
    [whole.subarray(0, 100), "Premature end of JPEG file"],
    [whole.subarray(0, whole.length >> 1), "Premature end of JPEG file"],
    [whole.subarray(0, whole.length - 1), "Premature end of JPEG file"],
    [await dataFile("colour.png"), "Not a JPEG file"],
  ];
  for (const [bytes, reason] of cases) {
    const error = assertThrows(() => decode(bytes, "train/a.JPEG"), UserError, reason);
    assertEquals(error.message.startsWith("train/a.JPEG is damaged: "), true);
  }
  assertEquals(decode(whole, "colour").width, 64);
});
