import type { Bitmap } from "./png.ts";

/** White pixels between two images. */
const GAP = 4;

/**
 * Bitmaps of one size side by side in rows, on white.
 *
 * @param bitmaps at least one
 * @param columns in a row
 * @param side each pixel is repeated as often as brings an image nearest to this width
 */
export function tileBitmaps(bitmaps: readonly Bitmap[], columns: number, side: number): Bitmap {
  const [{ width, height, channels }] = bitmaps;
  const scale = Math.max(1, Math.round(side / width));
  const [stepX, stepY] = [width * scale + GAP, height * scale + GAP];
  const across = Math.min(columns, bitmaps.length);
  const whole = {
    width: across * stepX - GAP,
    height: Math.ceil(bitmaps.length / across) * stepY - GAP,
    channels,
  };
  const data = new Uint8ClampedArray(whole.width * whole.height * channels).fill(255);
  bitmaps.forEach((bitmap, index) => {
    const [left, top] = [index % across * stepX, Math.floor(index / across) * stepY];
    for (let y = 0; y < height * scale; y++) {
      for (let x = 0; x < width * scale; x++) {
        const from = (Math.floor(y / scale) * width + Math.floor(x / scale)) * channels;
        const to = ((top + y) * whole.width + left + x) * channels;
        data.set(bitmap.data.subarray(from, from + channels), to);
      }
    }
  });
  return { ...whole, data };
}
