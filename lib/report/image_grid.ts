import { encode } from "fast-png";
import { type Displayable, displayable } from "./display.ts";
import { escapeHtml } from "./escape_html.ts";
import { withMinusSigns } from "./minus_signs.ts";
import type { Dataset } from "../data/dataset.ts";
import { UserError } from "../user_error.ts";

/** Images of one size with a caption each. */
export interface ImageGrid {
  /** `[count, height, width, channels]`; values are rounded and clamped to 0…255. */
  readonly images: ArrayLike<number>;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** One for each image, also its text for readers who cannot see it. Line breaks are kept. */
  readonly captions: readonly string[];
  /** Number of images in a row. */
  readonly columns?: number;
  /** Width of an image in pixels of the page. CIFAR-10's 32 pixels are too small to see anything. */
  readonly side?: number;
}

/**
 * Makes a grid of images with captions for a notebook. Viewers without HTML show the grid as one
 * picture without captions, or only the captions.
 *
 * @throws UserError if the number of pixels or captions does not match the sizes
 */
export function imageGrid({ columns = 8, side = 96, ...shape }: ImageGrid): Displayable {
  const captions = shape.captions.map(withMinusSigns);
  if (captions.length !== shape.count) {
    throw new UserError(`${shape.count} images need as many captions, not ${captions.length}`);
  }
  const bitmaps = bitmapsOf(shape);
  if (bitmaps.length === 0) return displayable(() => ({ "text/plain": "[no images]" }));
  return displayable(() => ({
    "text/html": gridHtml(bitmaps, captions, columns, side),
    "image/png": encodePng(tileBitmaps(bitmaps, columns, side)).toBase64(),
    "text/plain": captions.map((caption, index) => `[image ${index + 1}: ${oneLine(caption)}]`)
      .join("\n"),
  }));
}

function bitmapsOf(
  { images, count, height, width, channels }: Omit<ImageGrid, "captions" | "columns" | "side">,
): Bitmap[] {
  const size = height * width * channels;
  if (images.length !== count * size) {
    throw new UserError(
      `${count} images of ${height}×${width}×${channels} are ${count * size} values, ` +
        `not ${images.length}`,
    );
  }
  const data = new Uint8ClampedArray(images);
  return Array.from({ length: count }, (_, index) => ({
    width,
    height,
    channels,
    data: data.subarray(index * size, (index + 1) * size),
  }));
}

function gridHtml(
  bitmaps: readonly Bitmap[],
  captions: readonly string[],
  columns: number,
  side: number,
): string {
  const figures = bitmaps.map((bitmap, index) => {
    const caption = escapeHtml(captions[index]);
    return `<figure style="margin:0"><img alt="${oneLine(caption)}" ` +
      `src="data:image/png;base64,${encodePng(bitmap).toBase64()}" ` +
      `style="width:${side}px;height:auto;image-rendering:pixelated;` +
      `outline:1px solid rgba(128,128,128,0.5)">` +
      `<figcaption style="font-size:85%;line-height:1.3;white-space:pre-line">${caption}</figcaption></figure>`;
  });
  const across = Math.min(columns, bitmaps.length);
  return `<div style="display:grid;grid-template-columns:repeat(${across},${side}px);` +
    `gap:12px;margin:0.5em 0;padding:1px;overflow-x:auto">${figures.join("")}</div>`;
}

function oneLine(caption: string): string {
  return caption.replaceAll("\n", ", ");
}

/** Converts normalised pixels to 0…255 for display, in the same order. Clamps values outside. */
export function denormalise(
  pixels: ArrayLike<number>,
  { mean, std, channels }: Pick<Dataset, "mean" | "std" | "channels">,
): Uint8ClampedArray {
  return Uint8ClampedArray.from(
    pixels,
    (value, i) => 255 * (value * std[i % channels] + mean[i % channels]),
  );
}

type Rgb = readonly [red: number, green: number, blue: number];

/** Blue and vermilion of Okabe and Ito (2008), which common colour blindness does not confuse. */
const LOWEST: Rgb = [0, 114, 178];
const HIGHEST: Rgb = [213, 94, 0];

/**
 * Converts signed values, such as an attack's change of an image, to colours: blue below zero,
 * white at zero, vermilion above.
 *
 * @param values one for each pixel; for a colour image, one of its channels or their mean
 * @param limit above zero; values outside −limit…limit are clamped
 * @returns red, green and blue of each value, 0 to 255
 */
export function signedToRgb(values: ArrayLike<number>, limit: number): Uint8ClampedArray {
  const colours = new Uint8ClampedArray(3 * values.length);
  for (let at = 0; at < values.length; at++) {
    const strength = Math.min(1, Math.abs(values[at]) / limit);
    const end = values[at] < 0 ? LOWEST : HIGHEST;
    end.forEach((part, channel) => colours[3 * at + channel] = 255 + strength * (part - 255));
  }
  return colours;
}

/** Number of white pixels between two images. */
const GAP = 4;

/**
 * Places bitmaps of one size in rows on white.
 *
 * @param bitmaps at least one
 * @param columns number of bitmaps in a row
 * @param side width to aim at for one bitmap; each pixel is repeated a whole number of times
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

/** An image of eight-bit pixels. */
interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: 1 | 3;
  /** `[height, width, channels]` */
  readonly data: Uint8ClampedArray;
}

/** Encodes a bitmap as a PNG. */
export function encodePng({ width, height, channels, data }: Bitmap): Uint8Array {
  return encode({ width, height, channels, data, depth: 8 });
}
