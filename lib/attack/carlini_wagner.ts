import * as tf from "@tensorflow/tfjs";
import { defineAttack } from "./attack.ts";
import { chooseRows } from "./choose_rows.ts";
import { classDifference } from "./classes.ts";
import { ConstantSearch, type SearchAdvice } from "./constant_search.ts";
import { attackResult } from "./result.ts";
import { rowNorms } from "./row_norms.ts";
import { TanhSpace } from "./tanh_space.ts";
import { type Stride, type View, walk, type WalkState } from "./walk.ts";
import { integer, number, pixelBounds } from "../options.ts";

/** The sample as pixels and as what Adam moves, Adam's moments, and the nearest success so far. */
interface CarliniWagnerState extends WalkState {
  readonly x: tf.Tensor4D;
  readonly w: tf.Tensor4D;
  readonly first: tf.Tensor4D;
  readonly second: tf.Tensor4D;
  readonly origin: tf.Tensor4D;
  readonly nearest: tf.Tensor4D;
  readonly nearestLogits: tf.Tensor2D;
}

/** Adam's (Kingma and Ba 2015), with its usual values. */
const [DECAY1, DECAY2, ADAM_EPSILON] = [0.9, 0.999, 1e-8];

/**
 * The L2 attack of Carlini and Wagner (2017): Adam on `‖x − x₀‖² + c·f(x)`, where f is
 * the lead of the label over all other classes (of all others over the target) down to −κ, and
 * pixels are `low + (high − low)(tanh w + 1)/2`, with a binary search for the smallest c that
 * succeeds. Each sample searches for itself. Gives the nearest success, or the image itself.
 */
export const carliniWagnerAttack = defineAttack({
  shortName: "carlini-wagner",
  summary: "the smallest L2 perturbation, by Adam (Carlini and Wagner 2017)",
  options: {
    /** κ: by how much the wrong class is to lead, in logits. */
    confidence: number(0, { min: 0 }),
    /** The first c of the search. */
    initialConstant: number(1, { above: 0 }),
    /** How many values of c are tried. */
    searchSteps: integer(9, { min: 1, max: 100 }),
    /** Adam's steps for each of them, at most. */
    maxSteps: integer(100, { min: 1, max: 10_000 }),
    learningRate: number(0.01, { above: 0 }),
    /** Bounds of the pixels. */
    clamp: pixelBounds([0, 1]),
  },
  units: "pixels",
  passes: ({ searchSteps, maxSteps }) => 2 * searchSteps * maxSteps,
  async run(classifier, images, classes, settings, { start, turn }) {
    const space = new TanhSpace(settings.clamp);
    const search = new ConstantSearch(images.shape[0], classes, settings);
    const attacked = await walk<CarliniWagnerState>(classifier, {
      start: {
        x: tf.clone(images),
        w: tf.tidy(() => space.fromPixels(images)),
        first: tf.zerosLike(images),
        second: tf.zerosLike(images),
        origin: tf.clone(images),
        nearest: tf.clone(images),
        nearestLogits: tf.zeros([images.shape[0], classifier.classes]),
      },
      maxSteps: Infinity,
      async arrived({ samples, state, values }) {
        const distances = tf.tidy(() => rowNorms(tf.sub(state.x, state.origin) as tf.Tensor4D));
        search.note(samples, values, await distances.data());
        distances.dispose();
        return samples.map((sample) => search.isOver(sample));
      },
      stride: (batch) => step(batch, search, space, settings.learningRate),
      yields: (view) => {
        const { nearest, nearestLogits } = nearestOf(view, search);
        return { samples: nearest, logits: nearestLogits };
      },
    }, { compact: settings.compact, start, turn });
    return await attackResult(attacked, images, classes);
  },
});

/** One step of Adam; samples that begin another run go back to their image instead. */
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
  const lead = tf.mul(
    classDifference(advice.map(({ down }) => down), advice.map(({ up }) => up), logits.shape[1]),
    tf.tensor2d(advice.map(({ weight }) => weight), [advice.length, 1]),
  ) as tf.Tensor2D;
  const toX = tf.add(tf.mul(tf.sub(state.x, state.origin), 2), toImages(lead));
  const toW = tf.mul(toX, space.slope(state.x));
  const first = tf.add(tf.mul(state.first, DECAY1), tf.mul(toW, 1 - DECAY1));
  const second = tf.add(tf.mul(state.second, DECAY2), tf.mul(tf.square(toW), 1 - DECAY2));
  // The moments start at zero, which is made up for (Kingma and Ba 2015, section 3).
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
    ...nearestOf(batch, search),
  };
}

/** The nearest success so far, this step's included. */
function nearestOf(
  { samples, state, logits }: View<CarliniWagnerState>,
  search: ConstantSearch,
): Pick<CarliniWagnerState, "nearest" | "nearestLogits"> {
  const isNearest = samples.map((sample) => search.advice(sample).isNearest);
  return {
    nearest: chooseRows(isNearest, state.x, state.nearest),
    nearestLogits: chooseRows(isNearest, logits, state.nearestLogits),
  };
}
