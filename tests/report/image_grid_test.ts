import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { decode } from "fast-png";
import { bundleOf } from "../../lib/report/display.ts";
import { denormalise, imageGrid, signedToRgb, tileBitmaps } from "../../lib/report/image_grid.ts";
import { UserError } from "../../lib/user_error.ts";

const GRID = {
  count: 2,
  height: 1,
  width: 2,
  channels: 3 as const,
  captions: ["cat", "dog → cat"],
};

Deno.test("imageGrid() shows each image as a PNG with its caption", async () => {
  const images = new Float32Array([0, 1, 2, 253, 254, 255, -7, 300, 99.6, 10, 20, 30]);
  const bundle = await bundleOf(imageGrid({ images, ...GRID }));
  const html = String(bundle["text/html"]);
  const pictures = [...html.matchAll(/src="data:image\/png;base64,([^"]*)"/g)].map(([, base64]) =>
    decode(Uint8Array.fromBase64(base64))
  );
  assertEquals(pictures.map(({ width, height, channels }) => [width, height, channels]), [
    [2, 1, 3],
    [2, 1, 3],
  ]);
  assertEquals([...pictures[0].data], [0, 1, 2, 253, 254, 255]);
  assertEquals([...pictures[1].data], [0, 255, 100, 10, 20, 30]);
  assertStringIncludes(html, 'alt="dog → cat"');
  assertStringIncludes(html, "dog → cat</figcaption>");
  assertStringIncludes(html, "image-rendering:pixelated");
  assertEquals(bundle["text/plain"], "[image 1: cat]\n[image 2: dog → cat]");
});

Deno.test("imageGrid() draws the whole grid as one picture too", async () => {
  const bundle = await bundleOf(imageGrid({ images: new Uint8Array(12), ...GRID, columns: 1 }));
  const { width, height } = decode(Uint8Array.fromBase64(String(bundle["image/png"])));
  assertEquals([width, height], [96, 48 + 4 + 48]);
});

Deno.test("imageGrid() escapes captions", async () => {
  const captions = ["<script>alert(1)</script>", `" onerror="alert(1)`];
  const bundle = await bundleOf(imageGrid({ images: new Uint8Array(12), ...GRID, captions }));
  const html = String(bundle["text/html"]);
  assert(!html.includes("<script"));
  assert(!html.includes('" onerror'));
});

Deno.test("imageGrid() says that there are no images", async () => {
  const none = imageGrid({ ...GRID, images: [], count: 0, captions: [] });
  assertEquals(await bundleOf(none), { "text/plain": "[no images]" });
});

Deno.test("imageGrid() refuses a wrong number of pixels or captions", () => {
  assertThrows(
    () => imageGrid({ images: new Uint8Array(11), ...GRID }),
    UserError,
    "2 images of 1×2×3 are 12 values, not 11",
  );
  assertThrows(
    () => imageGrid({ images: new Uint8Array(12), ...GRID, captions: [] }),
    UserError,
    "2 images need as many captions, not 0",
  );
});

Deno.test("tileBitmaps() repeats pixels and leaves white between and after images", () => {
  const grey = (value: number) => ({
    width: 1,
    height: 1,
    channels: 1 as const,
    data: new Uint8ClampedArray([value]),
  });
  const { width, height, data } = tileBitmaps([grey(1), grey(2), grey(3)], 2, 2);
  assertEquals([width, height], [8, 8]);
  const row = (y: number) => [...data.subarray(y * width, (y + 1) * width)];
  assertEquals(row(1), [1, 1, 255, 255, 255, 255, 2, 2]);
  assertEquals(row(3), Array(8).fill(255));
  assertEquals(row(7), [3, 3, 255, 255, 255, 255, 255, 255]);
});

Deno.test("signedToRgb() is white at zero, blue below, vermilion above, and clamped at the limit", () => {
  assertEquals([...signedToRgb([0, -1, 1, -9, 0.5], 1)], [
    ...[255, 255, 255],
    ...[0, 114, 178],
    ...[213, 94, 0],
    ...[0, 114, 178],
    ...[234, 174, 128],
  ]);
});

Deno.test("denormalise() undoes each channel's mean and std, and clamps to 0…255", () => {
  const normalisation = { channels: 3 as const, mean: [0, 0.2, 0.4], std: [1, 0.4, 0.25] };
  const levels = denormalise([0, 0, 0, 1, 1, 1, 2, 2, -2], normalisation);
  assertEquals([...levels], [0, 51, 102, 255, 153, 166, 255, 255, 0]);
});
