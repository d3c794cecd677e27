/**
 * Interleaves an image's three planes into pixels of three channels. The loop is written out
 * because it takes most of the loading time.
 *
 * @param planes red, green and blue planes at `from`
 * @param plane number of pixels of the image
 * @param pixels receives `[plane, 3]` at `to`
 */
export function interleavePlanes(
  planes: Uint8Array,
  from: number,
  plane: number,
  pixels: Uint8Array,
  to: number,
): void {
  for (let k = from; k < from + plane; k++) {
    pixels[to] = planes[k];
    pixels[to + 1] = planes[k + plane];
    pixels[to + 2] = planes[k + 2 * plane];
    to += 3;
  }
}
