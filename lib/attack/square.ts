import * as tf from "@tensorflow/tfjs";
import { defineAttack } from "./attack.ts";
import { type Ball, ballOptions, imageStreams } from "./ball.ts";
import { marginOf } from "./losses.ts";
import { hasArrived, walk } from "./walk.ts";
import type { FrozenClassifier } from "../nn/frozen_classifier.ts";
import { boundsOf, integer } from "../options.ts";

/**
 * Changes squares of pixels at random, and keeps a change that narrows the margin of the label over all
 * other classes or, with targets, of all other classes over the target (Square attack, Andriushchenko
 * et al. 2020, algorithm 1). It takes no gradient. Samples that have succeeded stop.
 *
 * The first share of pixels and the steps that halve it are those of AutoAttack's standard
 * evaluation: they do not depend on `maxSteps`. Elsewhere it follows the paper where AutoAttack's
 * code departs from it: norms within a square are of each channel, a square may touch the last row
 * and column, and with targets the margin counts.
 */
export const squareAttack = defineAttack({
  shortName: "square",
  summary: "random squares, without a gradient (Andriushchenko et al. 2020)",
  options: {
    ...ballOptions,
    /** The largest number of squares to try, each a pass through the classifier */
    maxSteps: integer(5000, { max: 10_000 }),
  },
  units: "pixels",
  // Most samples succeed in a tenth of the steps.
  passes: ({ maxSteps }) => Math.ceil(maxSteps / 10) + 1,
  async run(classifier, images, classes, settings, { random }) {
    const pixels = await images.data() as Float32Array;
    const [count, ...shape] = images.shape;
    const size = pixels.length / count;
    const streams = imageStreams(count, random);
    const searches = streams.map((stream, i) =>
      new SquareSearch(pixels.subarray(i * size, (i + 1) * size), shape, settings, stream)
    );
    const rows = (samples: readonly number[], of: (search: SquareSearch) => Float32Array) =>
      samples.map((sample) => of(searches[sample]));
    const batch = (samples: readonly number[], of: (search: SquareSearch) => Float32Array) =>
      tf.tensor4d(joined(rows(samples, of)), [samples.length, ...shape]);
    return await walk(withoutGradient(classifier), {
      start: { x: batch([...streams.keys()], (search) => search.first()) },
      maxSteps: settings.maxSteps,
      arrived(view) {
        const isThere = hasArrived(view, classes);
        view.samples.forEach((sample, row) => {
          const logits = view.values.slice(
            row * classifier.classes,
            (row + 1) * classifier.classes,
          );
          searches[sample].note(logits, marginOf(logits, classes, sample).margin, isThere[row]);
        });
        return isThere;
      },
      stride: ({ samples }) => ({ x: batch(samples, (search) => search.next()) }),
      yields: ({ samples }) => ({
        samples: batch(samples, ({ best }) => best),
        logits: tf.tensor2d(
          joined(rows(samples, ({ logits }) => logits)),
          [samples.length, classifier.classes],
        ),
      }),
    });
  },
});

/** Gives `walk` passes that keep nothing for a gradient: keeping takes a third of a pass's time. */
function withoutGradient(
  classifier: FrozenClassifier,
): Pick<FrozenClassifier, "classes" | "pullback"> {
  return {
    classes: classifier.classes,
    pullback: (images) => ({
      logits: tf.tidy(() => classifier.logits(images)),
      toImages: () => tf.zerosLike(images),
      dispose() {},
    }),
  };
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.length * rows[0].length);
  rows.forEach((row, i) => all.set(row, i * row.length));
  return all;
}

/** p: the share of the pixels in the first squares */
const FIRST_SHARE = 0.8;

/** The steps after which the share of the pixels is halved, as in AutoAttack's standard evaluation */
const HALVED_AFTER = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000];

/** The number of tiles along each side of the first perturbation in L2 */
const TILES = 5;

/** The random search of one image. */
class SquareSearch {
  /** The sample with the smallest margin so far, and the classifier's logits on it */
  best: Float32Array;
  logits: Float32Array = new Float32Array(0);
  #margin = Infinity;
  #candidate: Float32Array;
  #steps = 0;

  constructor(
    private readonly image: Float32Array,
    private readonly shape: readonly number[],
    private readonly ball: Ball,
    private readonly random: () => number,
  ) {
    this.best = this.#candidate = image;
  }

  /** Makes the first candidate: vertical stripes for L∞, tiles for L2. */
  first(): Float32Array {
    return this.#candidate = this.ball.norm === "linf" ? this.#stripes() : this.#tiles();
  }

  /** Makes the next candidate, which differs from the best sample in one square, or two for L2. */
  next(): Float32Array {
    const [height, width] = this.shape;
    const halvings = HALVED_AFTER.filter((step) => this.#steps > step).length;
    const side = Math.round(Math.sqrt(FIRST_SHARE / 2 ** halvings * height * width));
    this.#steps++;
    return this.#candidate = this.ball.norm === "linf"
      ? this.#withSquare(Math.max(side, 1))
      : this.#withMovedMass(Math.max(side, 3));
  }

  /** Keeps the candidate if it narrows the margin or succeeds. */
  note(logits: Float32Array, margin: number, succeeds: boolean): void {
    if (!(margin < this.#margin) && !succeeds) return;
    this.#margin = margin;
    this.best = this.#candidate;
    this.logits = logits;
  }

  #stripes(): Float32Array {
    const [, width, channels] = this.shape;
    const signs = Array.from({ length: width * channels }, () => this.#sign());
    return this.#moved((index) => this.ball.epsilon * signs[index % signs.length]);
  }

  /** Moves a square of the image by ε or −ε, each channel as a whole (algorithm 2). */
  #withSquare(longest: number): Float32Array {
    const [height, width, channels] = this.shape;
    const square = this.#place(Math.min(longest, height, width));
    const signs = Array.from({ length: channels }, () => this.#sign());
    const candidate = this.best.slice();
    for (const { index, channel } of this.#entriesOf(square)) {
      candidate[index] = this.#clamped(this.image[index] + this.ball.epsilon * signs[channel]);
    }
    return candidate;
  }

  #tiles(): Float32Array {
    const [height, width, channels] = this.shape;
    const side = Math.max(Math.floor(Math.min(height, width) / TILES), 1);
    const delta = new Float64Array(this.image.length);
    const across = (length: number) => Math.min(Math.floor(length / side), TILES);
    const margin = (length: number) => (length - side * across(length)) >> 1;
    for (let tile = 0; tile < across(height) * across(width); tile++) {
      const row = margin(height) + side * Math.floor(tile / across(width));
      const column = margin(width) + side * (tile % across(width));
      const pattern = this.#pattern(side);
      const signs = Array.from({ length: channels }, () => this.#sign());
      for (const { index, place, channel } of this.#entriesOf({ row, column, side })) {
        delta[index] = signs[channel] * pattern[place];
      }
    }
    return this.#ofFullLength(delta);
  }

  /**
   * Moves the perturbation of one square to another, and adds the unused part of ε, channel by
   * channel (algorithm 3).
   */
  #withMovedMass(longest: number): Float32Array {
    const [height, width, channels] = this.shape;
    const side = Math.min(longest + (longest % 2 === 0 ? 1 : 0), height, width);
    const [to, from] = [this.#place(side), this.#place(side)];
    const pattern = this.#pattern(side);
    const delta = Float64Array.from(this.best, (pixel, index) => pixel - this.image[index]);
    const unused = Math.max(this.ball.epsilon ** 2 - squaresOf(delta), 0) / channels;
    const [own, free] = [new Float64Array(channels), new Float64Array(channels).fill(unused)];
    const moved = delta.slice();
    for (const { index, channel } of this.#entriesOf(to)) {
      own[channel] += delta[index] ** 2;
      free[channel] += delta[index] ** 2;
      moved[index] = 0;
    }
    for (const { index, channel } of this.#entriesOf(from)) {
      free[channel] += moved[index] ** 2;
      moved[index] = 0;
    }
    const signs = Array.from({ length: channels }, () => this.#sign());
    const squares = new Float64Array(channels);
    for (const { index, place, channel } of this.#entriesOf(to)) {
      moved[index] = signs[channel] * pattern[place] +
        delta[index] / (Math.sqrt(own[channel]) || 1);
      squares[channel] += moved[index] ** 2;
    }
    for (const { index, channel } of this.#entriesOf(to)) {
      moved[index] *= Math.sqrt(free[channel] / (squares[channel] || 1));
    }
    return this.#ofFullLength(moved);
  }

  /** Draws one of two patterns of norm 1: the upper or the left half rises, the other falls. */
  #pattern(side: number): Float64Array {
    const half = side >> 1;
    const pattern = new Float64Array(side * side);
    const isLeft = this.random() < 0.5;
    const [first, second] = [hill(half, side), hill(side - half, side)];
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        const value = row < half
          ? first[row * side + column]
          : -second[(row - half) * side + column];
        pattern[isLeft ? column * side + row : row * side + column] = value;
      }
    }
    const norm = Math.sqrt(squaresOf(pattern));
    return pattern.map((value) => value / norm);
  }

  /** Adds a perturbation, scaled to norm ε. */
  #ofFullLength(delta: Float64Array): Float32Array {
    const scale = this.ball.epsilon / (Math.sqrt(squaresOf(delta)) || 1);
    return this.#moved((index) => scale * delta[index]);
  }

  #moved(by: (index: number) => number): Float32Array {
    return this.image.map((pixel, index) => this.#clamped(pixel + by(index)));
  }

  #clamped(pixel: number): number {
    const [low, high] = boundsOf(this.ball.clamp);
    return Math.min(Math.max(pixel, low), high);
  }

  #place(side: number): Square {
    const [height, width] = this.shape;
    const upTo = (most: number) => Math.floor(this.random() * (most + 1));
    return { row: upTo(height - side), column: upTo(width - side), side };
  }

  #sign(): number {
    return this.random() < 0.5 ? -1 : 1;
  }

  /** Lists a square's entries: index in the image, place in the square, channel. */
  *#entriesOf({ row, column, side }: Square) {
    const [, width, channels] = this.shape;
    for (let place = 0; place < side * side; place++) {
      const pixel = (row + Math.floor(place / side)) * width + column + place % side;
      for (let channel = 0; channel < channels; channel++) {
        yield { index: pixel * channels + channel, place, channel };
      }
    }
  }
}

/** The upper left corner of a square, and its side */
interface Square {
  readonly row: number;
  readonly column: number;
  readonly side: number;
}

/**
 * Makes a hill of norm 1. Before scaling, ring r around the middle has Σ 1/(k + 1)² over all k ≥ r.
 */
function hill(height: number, width: number): Float64Array {
  const [top, middle] = [height >> 1, width >> 1];
  const values = new Float64Array(height * width);
  for (let place = 0; place < values.length; place++) {
    const row = Math.floor(place / width);
    const ring = Math.max(Math.abs(row - top), Math.abs(place % width - middle));
    for (let k = ring; k <= Math.max(top, middle); k++) values[place] += 1 / (k + 1) ** 2;
  }
  const norm = Math.sqrt(squaresOf(values));
  return values.map((value) => value / norm);
}

function squaresOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value ** 2, 0);
}
