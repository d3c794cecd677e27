import { type Displayable, displayable } from "./display.ts";
import { escapeHtml } from "./escape_html.ts";
import { type Bitmap, encodePng } from "./png.ts";
import { tileBitmaps } from "./tile_bitmaps.ts";

/** Images of one size with a caption each. */
export interface ImageGrid {
  /** `[count, height, width, channels]`, 0 to 255; values are rounded, and cut off beyond. */
  readonly images: ArrayLike<number>;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** One an image: what it shows, for readers who do not see it too. Lines are kept. */
  readonly captions: readonly string[];
  /** Images in a row. */
  readonly columns?: number;
}

/** Side of an image in pixels of the page; those of CIFAR-10 are too small to see anything in. */
const SHOWN_SIDE = 96;

/**
 * Images that a notebook shows in rows, each with its caption; where no HTML is shown, the whole
 * grid as one picture without captions, or the captions alone.
 *
 * @throws RangeError when there are not as many pixels or captions as the sizes say
 */
export function imageGrid({ captions, columns = 8, ...shape }: ImageGrid): Displayable {
  if (captions.length !== shape.count) {
    throw new RangeError(`${shape.count} images need as many captions, not ${captions.length}`);
  }
  const bitmaps = bitmapsOf(shape);
  if (bitmaps.length === 0) return displayable(() => ({ "text/plain": "[no images]" }));
  return displayable(() => ({
    "text/html": gridHtml(bitmaps, captions, columns),
    "image/png": encodePng(tileBitmaps(bitmaps, columns, SHOWN_SIDE)).toBase64(),
    "text/plain": captions.map((caption, index) => `[image ${index + 1}: ${oneLine(caption)}]`)
      .join("\n"),
  }));
}

function bitmapsOf(
  { images, count, height, width, channels }: Omit<ImageGrid, "captions" | "columns">,
): Bitmap[] {
  const size = height * width * channels;
  if (images.length !== count * size) {
    throw new RangeError(
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
): string {
  const figures = bitmaps.map((bitmap, index) => {
    const caption = escapeHtml(captions[index]);
    return `<figure style="margin:0"><img alt="${oneLine(caption)}" ` +
      `src="data:image/png;base64,${encodePng(bitmap).toBase64()}" ` +
      `style="width:${SHOWN_SIDE}px;height:auto;image-rendering:pixelated;` +
      `outline:1px solid rgba(128,128,128,0.5)">` +
      `<figcaption style="font-size:85%;line-height:1.3;white-space:pre-line">${caption}</figcaption></figure>`;
  });
  const across = Math.min(columns, bitmaps.length);
  return `<div style="display:grid;grid-template-columns:repeat(${across},${SHOWN_SIDE}px);` +
    `gap:12px;margin:0.5em 0;padding:1px;overflow-x:auto">${figures.join("")}</div>`;
}

function oneLine(caption: string): string {
  return caption.replaceAll("\n", ", ");
}
