import * as tf from "@tensorflow/tfjs";
import { classDifference, defineAttack } from "./attack.ts";
import { chooseRows, rowNorms } from "../tensors/rows.ts";
import { marginOf } from "./losses.ts";
import { type Advice, nearestStart, type NearestState, searching } from "./nearest_success.ts";
import { type Stride, walk } from "./walk.ts";
import {
  boundsOf,
  integer,
  number,
  type Options,
  type PixelBounds,
  pixelBounds,
} from "../options.ts";

const options = {
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
};

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
  options,
  units: "pixels",
  passes: ({ searchSteps, maxSteps }) => 2 * searchSteps * maxSteps,
  run(classifier, images, classes, settings, { start: firstPass }) {
    const space = new TanhSpace(settings.clamp);
    const searches = Array.from({ length: images.shape[0] }, () => new ConstantSearch(settings));
    const start: CarliniWagnerState = {
      ...nearestStart(images, classifier.classes),
      w: tf.tidy(() => space.fromPixels(images)),
      first: tf.zerosLike(images),
      second: tf.zerosLike(images),
    };
    const search = searching(
      start,
      rowNorms,
      (sample, logits, distance) =>
        searches[sample].advise(marginOf(logits, classes, sample), distance),
      (batch, advice) => step(batch, advice, space, settings.learningRate),
    );
    return walk(classifier, search, firstPass);
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
  { state, logits, toImages }: Stride<CarliniWagnerState>,
  advice: readonly SearchAdvice[],
  space: TanhSpace,
  learningRate: number,
): Omit<CarliniWagnerState, "nearest" | "nearestLogits"> {
  const column = (of: (advice: SearchAdvice) => number) =>
    tf.tensor4d(advice.map(of), [advice.length, 1, 1, 1]);
  const margin = tf.mul(
    classDifference(advice.map(({ down }) => down), advice.map(({ up }) => up), logits.shape[1]),
    tf.tensor2d(advice.map(({ weight }) => weight), [advice.length, 1]),
  ) as tf.Tensor2D;
  const { origin } = state;
  const toX = tf.add(tf.mul(tf.sub(state.x, origin), 2), toImages(margin));
  const toW = tf.mul(toX, space.slope(state.x));
  const first = tf.add(tf.mul(state.first, DECAY1), tf.mul(toW, 1 - DECAY1)) as tf.Tensor4D;
  const second = tf.add(
    tf.mul(state.second, DECAY2),
    tf.mul(tf.square(toW), 1 - DECAY2),
  ) as tf.Tensor4D;
  // Corrects the bias of moments that start at zero (Kingma and Ba 2015, section 3).
  const speed = tf.mul(first, column(({ step }) => learningRate / (1 - DECAY1 ** step || 1)));
  const spread = tf.sqrt(tf.mul(second, column(({ step }) => 1 / (1 - DECAY2 ** step || 1))));
  const w = tf.sub(state.w, tf.div(speed, tf.add(spread, ADAM_EPSILON))) as tf.Tensor4D;
  const restarts = advice.map(({ restarts }) => restarts);
  const unlessRestart = (moved: tf.Tensor4D, home: tf.Tensor4D) =>
    chooseRows(restarts, home, moved);
  return {
    x: unlessRestart(space.toPixels(w), origin),
    w: unlessRestart(w, space.fromPixels(origin)),
    first: unlessRestart(first, tf.zerosLike(first)),
    second: unlessRestart(second, tf.zerosLike(second)),
    origin,
  };
}

/** The number of looks at the cost in a run */
const LOOKS = 10;

/** A search is over after its runs. */
interface SearchAdvice extends Advice {
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
 * The binary search of one sample for the constant c (Carlini and Wagner 2017). c grows tenfold until
 * a run succeeds; from then on it goes halfway between the largest c that failed and the smallest that
 * succeeded. A run ends after `maxSteps`, or when its cost has risen since the last look at it. The
 * published code also ends one whose cost has hardly fallen, which saves time.
 */
class ConstantSearch {
  #constant: number;
  #lower = 0;
  #upper = Infinity;
  /** Runs that are over */
  #runs = 0;
  /** Steps taken in the present run */
  #steps = 0;
  #cost = Infinity;
  #hasSucceeded = false;
  #nearest = Infinity;

  constructor(private readonly settings: Options<typeof options>) {
    this.#constant = settings.initialConstant;
  }

  /** Takes note of the sample before a step; `margin` is f without its floor. */
  advise({ margin, down, up }: ReturnType<typeof marginOf>, distance: number): SearchAdvice {
    const { confidence, searchSteps } = this.settings;
    const isImage = this.#runs === 0 && this.#steps === 0;
    const succeeds = margin < 0 && -margin >= confidence;
    const isNearest = isImage || (succeeds && distance < this.#nearest);
    if (succeeds) {
      this.#hasSucceeded = true;
      this.#nearest = Math.min(this.#nearest, distance);
      // Nothing is nearer than the image itself.
      if (isImage) this.#runs = searchSteps;
    }
    // f is flat below −κ.
    const weight = margin >= -confidence ? this.#constant : 0;
    const restarts = this.#endsRun(distance ** 2 + this.#constant * Math.max(margin, -confidence));
    if (restarts) this.#nextConstant();
    else this.#steps++;
    const isOver = this.#runs >= searchSteps;
    return { isNearest, isOver, restarts, step: this.#steps, weight, down, up };
  }

  #endsRun(cost: number): boolean {
    const { maxSteps } = this.settings;
    if (this.#steps === maxSteps) return true;
    if (this.#steps % Math.max(Math.floor(maxSteps / LOOKS), 1) !== 0) return false;
    const rose = cost > this.#cost;
    this.#cost = cost;
    return rose;
  }

  #nextConstant(): void {
    if (this.#hasSucceeded) this.#upper = Math.min(this.#upper, this.#constant);
    else this.#lower = Math.max(this.#lower, this.#constant);
    this.#constant = this.#upper < Infinity ? (this.#lower + this.#upper) / 2 : this.#constant * 10;
    this.#runs++;
    this.#steps = 0;
    this.#cost = Infinity;
    this.#hasSucceeded = false;
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
