import type * as tf from "@tensorflow/tfjs";
import type { AttackResult } from "../attack/attack.ts";
import type { AttackClasses } from "../attack/attack_input.ts";
import type { Dataset } from "../data/dataset.ts";
import { softmaxRows, topClasses } from "../tensors/rows.ts";
import { denormalise, imageGrid, signedToRgb } from "./image_grid.ts";
import type { Displayable } from "./display.ts";
import { methodStyle } from "./colours.ts";
import type { Figure } from "./figure.ts";
import { figureLayout } from "./figure_layout.ts";

/** Images, their attacked versions, and the classifier's logits on both. */
export interface AttackGrid {
  readonly dataset: Pick<Dataset, "classes" | "height" | "width" | "channels" | "mean" | "std">;
  /** `[n, h, w, c]`, normalised */
  readonly images: tf.Tensor4D;
  /** The classifier's logits on the images, `[n, classes]` */
  readonly logits: tf.Tensor2D;
  /** The attack's result on the same images in the same order. */
  readonly attack: Pick<AttackResult, "samples" | "logits">;
  /** With targets, captions show the gap between base and target class. */
  readonly classes: AttackClasses;
  /** Number of images to show, from the first; default: 5. */
  readonly count?: number;
}

/** The default number of images; few, because a row of three pictures is high. */
const COUNT = 5;

/**
 * Shows attacked images, one row each: the image, the attack's change, and the attacked image.
 * Captions give the classifier's top class and its probability; with targets, also the gap
 * `f_base − f_target` of the attacked image, in logits.
 *
 * Changes are too small to see, so each image's change is amplified to its own largest value. The
 * caption gives that value in grey levels. Blue pixels became darker, vermilion ones brighter. A
 * colour image shows the channel that changed most.
 */
export async function attackGrid(
  { dataset, images, logits, attack, classes, count = COUNT }: AttackGrid,
): Promise<Displayable> {
  const { height, width, channels } = dataset;
  const shown = Math.min(count, images.shape[0]);
  const size = height * width * channels;
  const [before, after, logitsBefore, logitsAfter] = await Promise.all(
    [images, attack.samples, logits, attack.logits].map((of) => of.data() as Promise<Float32Array>),
  );
  const [saidBefore, saidAfter] = [logitsBefore, logitsAfter]
    .map((values) => topTexts(values, dataset.classes));
  const rows = Array.from({ length: shown }, (_, image) => {
    const of = (values: Float32Array) => values.subarray(image * size, (image + 1) * size);
    const { limit, colours } = changeOf(of(before), of(after), dataset);
    const gap = gapText(logitsAfter, classes, dataset.classes.length, image);
    return {
      pictures: [toRgb(of(before), dataset), colours, toRgb(of(after), dataset)],
      captions: [
        `original\n${saidBefore[image]}`,
        `change\n±${limit.toFixed(1)} of 255`,
        `attacked\n${saidAfter[image]}${gap}`,
      ],
    };
  });
  return imageGrid({
    images: rows.flatMap(({ pictures }) => pictures.flatMap((pixels) => [...pixels])),
    captions: rows.flatMap(({ captions }) => captions),
    count: 3 * shown,
    columns: 3,
    height,
    width,
    channels: 3,
  });
}

/** Names the top class of each row and its probability, for example "dress\n97.3 %". */
function topTexts(logits: ArrayLike<number>, names: readonly string[]): string[] {
  const probabilities = softmaxRows(logits, names.length);
  return [...topClasses(logits, names.length)].map((top, row) =>
    `${names[top]}\n${(100 * probabilities[row * names.length + top]).toFixed(1)} %`
  );
}

function gapText(
  logits: ArrayLike<number>,
  { labels, targets }: AttackClasses,
  classes: number,
  image: number,
): string {
  if (!targets) return "";
  const gap = logits[image * classes + labels[image]] - logits[image * classes + targets[image]];
  return `\ngap ${gap.toFixed(3)}`;
}

/** Computes the change of each pixel as a colour, and the largest change in grey levels. */
function changeOf(
  before: Float32Array,
  after: Float32Array,
  { channels, std }: Pick<Dataset, "channels" | "std">,
): { limit: number; colours: Uint8ClampedArray } {
  const change = Array.from({ length: before.length / channels }, (_, pixel) => {
    const parts = std.map((unit, channel) => {
      const at = pixel * channels + channel;
      return 255 * unit * (after[at] - before[at]);
    });
    return parts.reduce((most, part) => Math.abs(part) > Math.abs(most) ? part : most);
  });
  const limit = change.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { limit, colours: signedToRgb(change, limit || 1) };
}

/** Computes red, green and blue of each pixel, 0 to 255. A grey level is repeated three times. */
function toRgb(
  pixels: Float32Array,
  dataset: Pick<Dataset, "channels" | "mean" | "std">,
): Uint8ClampedArray | number[] {
  const levels = denormalise(pixels, dataset);
  return dataset.channels === 3 ? levels : [...levels].flatMap((level) => [level, level, level]);
}

/** Draws a sample's gap after each step of an attack. The gap is zero on the decision boundary. */
export function gapPath(gaps: readonly number[], title: string): Figure {
  const { colour, dash, symbol } = methodStyle("bss");
  return {
    data: [{
      type: "scatter",
      mode: "lines+markers",
      name: "gap",
      x: gaps.map((_, step) => step),
      y: [...gaps],
      line: { color: colour, width: 2, dash },
      marker: { color: colour, size: 9, symbol },
    }],
    layout: figureLayout(
      title,
      { title: { text: "step" }, dtick: 1 },
      { title: { text: "gap f_base − f_target (logits)" }, zeroline: true },
    ),
  };
}
