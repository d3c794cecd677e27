import * as tf from "@tensorflow/tfjs";
import { defineMethod, type StepContext } from "./method.ts";
import { integer, number } from "../options.ts";
import { averageOverPositions, normaliseRows, stageAt } from "./shared.ts";
import { crossEntropy } from "./soft_cross_entropy.ts";
import { withGradient } from "../tensors/with_gradient.ts";
import { UserError } from "../user_error.ts";

/** The length of an embedding, as in the published code */
const LENGTH = 128;
/** The share of its old value that a row of a bank keeps, as in the published code */
const MOMENTUM = 0.5;

const options = {
  /** β, the weight of both contrasts beside a cross-entropy of weight 1; 0.8 in the published code */
  weight: number(0.8, { min: 0 }),
  /** K, the number of negatives of an image; 16,384 in the paper */
  negatives: integer(16384, { min: 1 }),
  /** τ; 0.07 in the published code. With smaller values exp(1/τ) soon leaves the range of float32. */
  temperature: number(0.07, { min: 0.02 }),
};

/**
 * Contrastive representation distillation (Tian et al. 2020): cross-entropy, and two contrasts. From
 * the student's embedding of an image, the teacher's embedding of the same image must be recognised
 * among those of images of other classes, and the other way round. Embeddings are trained linear maps
 * of the last stage, averaged over positions. Two banks keep a moving average of each training image's
 * embeddings. The memory of a step grows with the number of training images: 50,000 of them, in
 * mini-batches of 256, take about 1 GB.
 *
 * Deviations from the published code:
 * - denominators lack a constant of 1e-7, which the logistic form does not need;
 * - epochs, batch size and learning rate are those of the other methods here.
 */
export const contrastive = defineMethod({
  name: "contrastive",
  summary: "an image's embedding among those of other classes (Tian et al. 2020)",
  options,
  createVariables(_options, { student, teacher, trainingLabels, random }) {
    const images = trainingLabels.length;
    if (Array.from(trainingLabels).every((label) => label === trainingLabels[0])) {
      throw new UserError(
        `"contrastive" compares images of different classes, but all ${images} training images have ` +
          `one class; give it at least two`,
      );
    }
    const stages = Object.entries({ student, teacher }).map(([role, { featureChannels }]) =>
      [role, stageAt(featureChannels, -1)] as const
    );
    const variables = new Map<string, tf.Variable>();
    tf.tidy(() => {
      const add = (name: string, shape: [number, number], bound: number, isTrained: boolean) => {
        const draws = { length: shape[0] * shape[1] };
        const values = Float32Array.from(draws, () => bound * (2 * random() - 1));
        variables.set(name, tf.variable(tf.tensor2d(values, shape), isTrained));
      };
      for (const [role, channels] of stages) {
        // PyTorch's limits for a linear layer
        const bound = 1 / Math.sqrt(channels);
        add(`${role}.weight`, [channels, LENGTH], bound, true);
        add(`${role}.bias`, [1, LENGTH], bound, true);
        add(`${role}.bank`, [images, LENGTH], Math.sqrt(3 / LENGTH), false);
        // Z is zero until the first mini-batch.
        variables.set(`${role}.normaliser`, tf.variable(tf.zeros([1]), false));
      }
    });
    return variables;
  },
  async step({ weight, ...options }, context) {
    const { images, labels, variables, own } = context;
    const taught = await context.teacherFeatures();
    const counts = own(contrastCounts(options.negatives, context));
    const rows = own(tf.tensor1d(context.indices, "int32"));
    const [known] = await variables.get("student.normaliser")!.data();
    const isFirst = known === 0;
    let sides: Side[] = [];
    await context.studentPass(images, ({ logits, features }) => {
      const maps = { student: stageAt(features, -1), teacher: stageAt(taught.features, -1) };
      sides = contrast(maps, variables, { rows, counts, ...options }, isFirst);
      for (const { anchors, normaliser } of sides) {
        own(tf.keep(anchors));
        if (isFirst) own(tf.keep(normaliser));
      }
      const loss = tf.addN(sides.map(({ loss }) => loss));
      return {
        cross_entropy: crossEntropy(labels, logits),
        contrast: tf.mul(loss, weight) as tf.Scalar,
      };
    });
    tf.tidy(() => {
      for (const { role, anchors, normaliser } of sides) {
        const bank = variables.get(`${role}.bank`) as tf.Variable & tf.Tensor2D;
        bank.assign(movedBank(bank, rows, anchors));
        if (isFirst) variables.get(`${role}.normaliser`)!.assign(normaliser);
      }
    });
  },
});

/** The embeddings of one network, which are compared with the bank of the other. */
interface Side {
  readonly role: "student" | "teacher";
  /** `[n, length]`, rows of length 1 */
  readonly anchors: tf.Tensor2D;
  /** Z, `[1]` */
  readonly normaliser: tf.Tensor;
  readonly loss: tf.Scalar;
}

/**
 * Computes both contrasts.
 *
 * @param maps the features of both networks, `[n, h, w, c]`
 * @param variables see `createVariables`
 * @param isFirst true to estimate Z, false to take it from the variables
 */
export function contrast(
  maps: Readonly<Record<Side["role"], tf.Tensor4D>>,
  variables: ReadonlyMap<string, tf.Tensor>,
  drawn: Omit<Contrast, "anchors" | "bank">,
  isFirst: boolean,
): Side[] {
  return ([["student", "teacher"], ["teacher", "student"]] as const).map(([role, other]) => {
    const variable = (name: string) => variables.get(name) as tf.Tensor2D;
    const product = tf.matMul(averageOverPositions(maps[role]), variable(`${role}.weight`));
    const anchors = normaliseRows(tf.add(product, variable(`${role}.bias`)));
    const compared = { ...drawn, anchors, bank: variable(`${other}.bank`) };
    const normaliser = isFirst ? estimateNormaliser(compared) : variable(`${role}.normaliser`);
    return { role, anchors, normaliser, loss: contrastLoss(compared, normaliser) };
  });
}

/**
 * Moves the mini-batch's rows of a bank halfway to their new embeddings, and gives them length 1.
 *
 * @param rows `[n]`, int32
 * @returns the whole bank
 */
export function movedBank(
  bank: tf.Tensor2D,
  rows: tf.Tensor1D,
  embeddings: tf.Tensor2D,
): tf.Tensor2D {
  const kept = tf.mul(tf.gather(bank, rows), MOMENTUM);
  const moved = normaliseRows(tf.add(kept, tf.mul(embeddings, 1 - MOMENTUM)));
  return tf.tensorScatterUpdate(bank, tf.expandDims(rows, 1), moved) as tf.Tensor2D;
}

/** The embeddings of a mini-batch, and a bank that they are compared with. */
interface Contrast {
  /** `[n, length]`, rows of length 1 */
  readonly anchors: tf.Tensor2D;
  /** `[images, length]`, taken as constant */
  readonly bank: tf.Tensor2D;
  /** The mini-batch's images, as rows of the bank, `[n]`, int32 */
  readonly rows: tf.Tensor1D;
  /** See `contrastCounts`, `[n, images]` */
  readonly counts: tf.Tensor2D;
  /** K */
  readonly negatives: number;
  /** τ */
  readonly temperature: number;
}

/**
 * Counts how often each training image is in the contrast of each image of a mini-batch,
 * `[n, images]`: once for itself, and K times for images of other classes, drawn without replacement
 * if there are K of them.
 */
export function contrastCounts(
  negatives: number,
  { indices, labelValues, trainingLabels, random }: Pick<
    StepContext,
    "indices" | "labelValues" | "trainingLabels" | "random"
  >,
): tf.Tensor2D {
  const images = trainingLabels.length;
  const draw = random("negatives");
  const counts = new Float32Array(indices.length * images);
  const labels = Int32Array.from(trainingLabels);
  const rowsOfOthers = new Map([...new Set(labelValues)].map((label) => [
    label,
    Int32Array.from(labels.keys()).filter((image) => labels[image] !== label),
  ]));
  labelValues.forEach((label, row) => {
    const start = row * images;
    counts[start + indices[row]] = 1;
    const others = rowsOfOthers.get(label)!.slice();
    let left = others.length;
    const isPutBack = negatives > left;
    for (let k = 0; k < negatives; k++) {
      const drawn = Math.floor(draw() * left);
      counts[start + others[drawn]]++;
      if (!isPutBack) others[drawn] = others[--left];
    }
  });
  return tf.tensor2d(counts, [indices.length, images]);
}

/**
 * Computes the loss of noise-contrastive estimation (equation 18 of Tian et al. 2020): with
 * `p = exp(a·b/τ)/Z` and noise `K/images`, a row is the image's own, and none of K negatives, with
 * probability `p/(p + K/images)`. This is a logistic loss of
 * `x = a·b/τ − log(Z·K/images)`: the sum of softplus(x) over all rows of the contrast, minus x of the own
 * row.
 *
 * Gathered rows of K = 16,384 negatives would fill 2 GB. So anchors are multiplied by the whole bank, and
 * each row counts as often as it was drawn. The product is smaller up to 2 million training images.
 *
 * @param normaliser Z, `[1]`, taken as constant
 * @returns the mean over the mini-batch
 */
export function contrastLoss(contrast: Contrast, normaliser: tf.Tensor): tf.Scalar {
  const { anchors, bank, rows, counts, negatives, temperature } = contrast;
  const scaled = tf.div(anchors, temperature);
  const shift = tf.log(tf.mul(normaliser, negatives / bank.shape[0]));
  const all = tf.sub(tf.matMul(scaled, bank, false, true), shift);
  const own = tf.sub(tf.sum(tf.mul(scaled, tf.gather(bank, rows)), 1), shift);
  return tf.div(tf.sub(countedSoftplus(all, counts), tf.sum(own)), anchors.shape[0]);
}

/** Computes `Σ counts·log(1 + exp(x))`. Its own gradient frees all but one tensor before the way back. */
function countedSoftplus(x: tf.Tensor, counts: tf.Tensor): tf.Scalar {
  return withGradient(x, (x) => {
    const odds = tf.exp(x);
    const total = tf.add(odds, 1);
    const slopes = tf.mul(counts, tf.div(odds, total));
    return {
      value: tf.sum(tf.sum(tf.mul(counts, tf.log(total)), 1)) as tf.Scalar,
      saved: [slopes],
      gradient: (dy, [slopes]) => tf.mul(slopes, dy),
    };
  });
}

/**
 * Estimates Z, `[1]`: the mean of `exp(a·b/τ)` over the contrast, times the number of images. It has no
 * gradient, since later mini-batches take it as given.
 */
export function estimateNormaliser(
  { anchors, bank, counts, negatives, temperature }: Omit<Contrast, "rows">,
): tf.Tensor1D {
  return withGradient(anchors, (anchors) => {
    const scores = tf.exp(tf.matMul(tf.div(anchors, temperature), bank, false, true));
    const sum = tf.sum(tf.sum(tf.mul(counts, scores), 1));
    const share = bank.shape[0] / (anchors.shape[0] * (negatives + 1));
    const value: tf.Tensor1D = tf.mul(sum, share).reshape([1]);
    return { value, gradient: () => tf.zeros(anchors.shape) };
  });
}
