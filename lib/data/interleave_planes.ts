/**
 * The planes of an image, one a channel, → pixels of three channels. Written out, as it takes most of
 * the time of loading.
 *
 * @param planes red, green and blue at `from`
 * @param plane how many pixels the image has
 * @param pixels gets `[plane, 3]` at `to`
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
