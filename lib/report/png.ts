import { encode } from "fast-png";

/** Eight-bit pixels, row by row, the channels of a pixel side by side. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: 1 | 3;
  /** `[height, width, channels]` */
  readonly data: Uint8ClampedArray;
}

/** A bitmap as the bytes of a PNG. */
export function encodePng({ width, height, channels, data }: Bitmap): Uint8Array {
  return encode({ width, height, channels, data, depth: 8 });
}
