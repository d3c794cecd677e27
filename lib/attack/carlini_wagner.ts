import * as tf from "@tensorflow/tfjs";
import { classDifference, defineAttack } from "./attack.ts";
import type { AttackClasses } from "./attack_input.ts";
import { chooseRows, rowNorms } from "../tensors/rows.ts";
import { marginOf } from "./losses.ts";
import { nearestOf, nearestStart, type NearestState, searching } from "./nearest_success.ts";
import { type Stride, walk } from "./walk.ts";
import { boundsOf, integer, number, type PixelBounds, pixelBounds } from "../options.ts";

/**
 * Finds a small L2 perturbation (Carlini and Wagner 2017): minimises `‖x − x₀‖² + c·f(x)` by Adam, and
 * searches for the smallest c that succeeds. f is the margin of the label over all other classes or,
 * with targets, of all other classes over the target; it ends at −κ. Pixels are
 * `low + (high − low)(tanh w + 1)/2`. Each sample has its own search. The result is the nearest
 * success, or the image itself.
 */
export const carliniWagnerAttack = defineAttack({
  shortName: "carlini-wagner",
  summary: "the smallest L2 perturbation, by Adam (Carlini and Wagner 2017)",
  options: {
    /** κ: the margin that the wrong class must have, in logits */
    confidence: number(0, { min: 0 }),
    /** The first c of the search */
    initialConstant: number(1, { above: 0 }),
    /** The number of values of c to try */
    searchSteps: integer(9, { min: 1, max: 100 }),
    /** The largest number of Adam's steps for each c */
    maxSteps: integer(100, { min: 1, max: 10_000 }),
    /** Adam's learning rate, in units of w = artanh of the pixels scaled to ±1 */
    learningRate: number(0.01, { above: 0 }),
    /** Bounds of the pixels, in the units of the images */
    clamp: pixelBounds([0, 1]),
  },
  units: "pixels",
  passes: ({ searchSteps, maxSteps }) => 2 * searchSteps * maxSteps,
  run(classifier, images, classes, settings, { start }) {
    const space = new TanhSpace(settings.clamp);
    const search = new ConstantSearch(images.shape[0], classes, settings);
    return walk<CarliniWagnerState>(classifier, {
      ...searching(search, rowNorms),
      start: {
        ...nearestStart(images, classifier.classes),
        w: tf.tidy(() => space.fromPixels(images)),
        first: tf.zerosLike(images),
        second: tf.zerosLike(images),
      },
      stride: (batch) => step(batch, search, space, settings.learningRate),
    }, start);
  },
});

/** Also the variable w of Adam, and its two moments. */
interface CarliniWagnerState extends NearestState {
  readonly w: tf.Tensor4D;
  readonly first: tf.Tensor4D;
  readonly second: tf.Tensor4D;
}

/** The constants of Adam (Kingma and Ba 2015) */
const [DECAY1, DECAY2, ADAM_EPSILON] = [0.9, 0.999, 1e-8];

/** Takes one step of Adam; samples that begin another run go back to their image instead. */
function step(
  batch: Stride<CarliniWagnerState>,
  search: ConstantSearch,
  space: TanhSpace,
  learningRate: number,
): CarliniWagnerState {
  const { samples, state, logits, toImages } = batch;
  const advice = samples.map((sample) => search.advice(sample));
  const column = (of: (advice: SearchAdvice) => number) =>
    tf.tensor4d(advice.map(of), [advice.length, 1, 1, 1]);
  const margin = tf.mul(
    classDifference(advice.map(({ down }) => down), advice.map(({ up }) => up), logits.shape[1]),
    tf.tensor2d(advice.map(({ weight }) => weight), [advice.length, 1]),
  ) as tf.Tensor2D;
  const toX = tf.add(tf.mul(tf.sub(state.x, state.origin), 2), toImages(margin));
  const toW = tf.mul(toX, space.slope(state.x));
  const first = tf.add(tf.mul(state.first, DECAY1), tf.mul(toW, 1 - DECAY1));
  const second = tf.add(tf.mul(state.second, DECAY2), tf.mul(tf.square(toW), 1 - DECAY2));
  // Corrects the bias of moments that start at zero (Kingma and Ba 2015, section 3).
  const speed = tf.mul(first, column(({ step }) => learningRate / (1 - DECAY1 ** step || 1)));
  const spread = tf.sqrt(tf.mul(second, column(({ step }) => 1 / (1 - DECAY2 ** step || 1))));
  const w = tf.sub(state.w, tf.div(speed, tf.add(spread, ADAM_EPSILON))) as tf.Tensor4D;
  const moved = { x: space.toPixels(w), w, first, second };
  const home = {
    x: state.origin,
    w: space.fromPixels(state.origin),
    first: tf.zerosLike(first),
    second: tf.zerosLike(second),
  };
  const restarts = advice.map(({ restarts }) => restarts);
  const next = (name: keyof typeof moved) =>
    chooseRows(restarts, home[name] as tf.Tensor4D, moved[name] as tf.Tensor4D);
  return {
    x: next("x"),
    w: next("w"),
    first: next("first"),
    second: next("second"),
    origin: state.origin,
    ...nearestOf(batch, advice.map(({ isNearest }) => isNearest)),
  };
}

/** The number of looks at the cost in a run */
const LOOKS = 10;

/** The options of the search. */
interface SearchSettings {
  readonly confidence: number;
  readonly initialConstant: number;
  readonly searchSteps: number;
  readonly maxSteps: number;
}

/** The state of one sample's search. */
interface Search {
  constant: number;
  lower: number;
  upper: number;
  /** Runs that are over */
  runs: number;
  /** Steps taken in the present run */
  steps: number;
  cost: number;
  hasSucceeded: boolean;
  nearest: number;
}

/** The conclusions of a sample's search, for its next step. */
interface SearchAdvice {
  /** True if the sample is the nearest success so far, or the image itself. */
  readonly isNearest: boolean;
  /** True if it starts again from the image with another constant. */
  readonly restarts: boolean;
  /** The number of the run's next step, from 1 */
  readonly step: number;
  /** The gradient of c·f with respect to the logits: `weight` at `down`, −`weight` at `up` */
  readonly weight: number;
  readonly down: number;
  readonly up: number;
}

/**
 * The binary search of each sample for the constant c (Carlini and Wagner 2017). c grows tenfold until
 * a run succeeds; from then on it goes halfway between the largest c that failed and the smallest that
 * succeeded. A run ends after `maxSteps`, or when its cost has risen since the last look at it. The
 * published code also ends one whose cost has hardly fallen, which saves time.
 */
class ConstantSearch {
  readonly #searches: Search[];
  readonly #advice: SearchAdvice[];

  constructor(
    count: number,
    private readonly classes: AttackClasses,
    private readonly settings: SearchSettings,
  ) {
    this.#searches = Array.from({ length: count }, () => ({
      constant: settings.initialConstant,
      lower: 0,
      upper: Infinity,
      runs: 0,
      steps: 0,
      cost: Infinity,
      hasSucceeded: false,
      nearest: Infinity,
    }));
    this.#advice = new Array(count);
  }

  /**
   * Takes note of the samples before a step.
   *
   * @param logits of each row
   * @param distances of each row from its image
   */
  note(samples: readonly number[], logits: Float32Array, distances: ArrayLike<number>): void {
    const classes = logits.length / samples.length;
    samples.forEach((sample, row) => {
      if (this.isOver(sample)) return;
      const ofRow = logits.subarray(row * classes, (row + 1) * classes);
      this.#advice[sample] = this.#noteOne(sample, ofRow, distances[row]);
    });
  }

  /** True if all of the sample's runs are over. */
  isOver(sample: number): boolean {
    return this.#searches[sample].runs >= this.settings.searchSteps;
  }

  advice(sample: number): SearchAdvice {
    return this.#advice[sample];
  }

  #noteOne(sample: number, logits: Float32Array, distance: number): SearchAdvice {
    const search = this.#searches[sample];
    const { confidence, searchSteps } = this.settings;
    const isImage = search.runs === 0 && search.steps === 0;
    // f without its floor
    const { margin, down, up } = marginOf(logits, this.classes, sample);
    const succeeds = margin < 0 && -margin >= confidence;
    const isNearest = isImage || (succeeds && distance < search.nearest);
    if (succeeds) {
      search.hasSucceeded = true;
      search.nearest = Math.min(search.nearest, distance);
      // Nothing is nearer than the image itself.
      if (isImage) search.runs = searchSteps;
    }
    const constant = search.constant;
    const restarts = this.#endsRun(
      search,
      distance ** 2 + constant * Math.max(margin, -confidence),
    );
    if (restarts) this.#nextConstant(search);
    else search.steps++;
    // f is flat below −κ.
    const weight = margin >= -confidence ? constant : 0;
    return { isNearest, restarts, step: search.steps, weight, down, up };
  }

  #endsRun(search: Search, cost: number): boolean {
    const { maxSteps } = this.settings;
    if (search.steps === maxSteps) return true;
    if (search.steps % Math.max(Math.floor(maxSteps / LOOKS), 1) !== 0) return false;
    const rose = cost > search.cost;
    search.cost = cost;
    return rose;
  }

  #nextConstant(search: Search): void {
    if (search.hasSucceeded) search.upper = Math.min(search.upper, search.constant);
    else search.lower = Math.max(search.lower, search.constant);
    search.constant = search.upper < Infinity
      ? (search.lower + search.upper) / 2
      : search.constant * 10;
    search.runs++;
    search.steps = 0;
    search.cost = Infinity;
    search.hasSucceeded = false;
  }
}

/** Keeps pixels off their bounds, where w would be infinite. */
const INSIDE = 0.999999;

/** Pixels within bounds as `low + (high − low)(tanh w + 1)/2` with any w (Carlini and Wagner 2017). */
class TanhSpace {
  readonly #middle: number;
  readonly #half: number;

  constructor(clamp: number | PixelBounds) {
    const [low, high] = boundsOf(clamp);
    this.#middle = (low + high) / 2;
    this.#half = (high - low) / 2;
  }

  toPixels(w: tf.Tensor4D): tf.Tensor4D {
    return tf.add(tf.mul(tf.tanh(w), this.#half), this.#middle);
  }

  fromPixels(x: tf.Tensor4D): tf.Tensor4D {
    return tf.atanh(tf.mul(tf.clipByValue(this.#unit(x), -1, 1), INSIDE));
  }

  /** Computes dx/dw at x. */
  slope(x: tf.Tensor4D): tf.Tensor4D {
    return tf.mul(tf.sub(1, tf.square(this.#unit(x))), this.#half);
  }

  /** Scales pixels to −1 … 1. */
  #unit(x: tf.Tensor4D): tf.Tensor4D {
    return tf.div(tf.sub(x, this.#middle), this.#half);
  }
}
