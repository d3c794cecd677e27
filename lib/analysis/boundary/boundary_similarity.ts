import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import { type BoundaryPair, boundaryPairs } from "./boundary_pair.ts";
import { type BoundaryPoint, boundaryPoints } from "./boundary_point.ts";
import { type BaseSample, commonBaseSamples } from "./common_base_samples.ts";
import { type Estimate, estimate } from "../statistics/estimate.ts";
import { checkClasses, checkClassifier } from "../../attack/attack_input.ts";
import { bssAttackOptions } from "../../attack/bss.ts";
import type { FrozenClassifier } from "../../nn/frozen_classifier.ts";
import { gatherRows } from "../../tensors/rows.ts";
import { integer, oneOf, type Options, resolveOptions } from "../../options.ts";
import { targetClassOptions } from "../../selection/target_classes.ts";
import { stopPoint, untilStopped } from "../../stop/until_stopped.ts";
import { UserError } from "../../user_error.ts";

/** Options of `boundarySimilarity`. */
export const boundarySimilarityOptions = {
  /** The largest number of base samples, which both networks classify correctly. */
  count: integer(1000, { min: 1 }),
  /**
   * The seed for drawing base samples and their target classes. Each image has a stream of its own,
   * so that its target class does not depend on which other images the networks get right.
   */
  seed: integer(1),
  /** The number of images to attack at once; it changes the results by rounding only. */
  batchSize: integer(256, { min: 1 }),
  /** The rule that draws target classes from the teacher's probabilities. */
  targetRule: targetClassOptions.rule,
  /**
   * The pairs that count for MagSim, AngSim, its part from the clamp and the distance ratio:
   * "crossed" for those that reached their target class on both networks, or "all".
   */
  pairs: oneOf("crossed", ["crossed", "all"]),
  ...bssAttackOptions,
};

/** The options of `boundarySimilarity`, each with a value. */
export type BoundarySimilarityOptions = Options<typeof boundarySimilarityOptions>;

/** The similarity of the decision boundaries of two networks. */
export interface BoundarySimilarity {
  /** The number of images that both networks classify correctly. */
  readonly qualifying: number;
  /** The number of these that were attacked. */
  readonly attacked: number;
  /** The numbers of samples that reached their target class on each network, and on both. */
  readonly crossed: { readonly teacher: number; readonly student: number; readonly both: number };
  /** MagSim: the mean of the smaller norm divided by the larger, 0…1. */
  readonly magnitude: Estimate;
  /** AngSim: the mean cosine between the perturbations, −1…1 up to rounding. */
  readonly angle: Estimate;
  /** The mean ratio of the distances to the boundary, the smaller divided by the larger, 0…1. */
  readonly distanceRatio: Estimate;
  /** The part of AngSim that the clamp makes; see `BoundaryPair`. */
  readonly angleFromClamp: Estimate;
  /** The same means over all pairs, whatever the option `pairs` says. All means below are, too. */
  readonly overAll: Readonly<Record<"magnitude" | "angle" | "distanceRatio", Estimate>>;
  /** Mean norms of the perturbations, in normalised pixels. */
  readonly norm: Readonly<Record<keyof BoundaryPair["norms"], Estimate>>;
  /** Mean gaps on the images, in logits. */
  readonly gap: Readonly<Record<keyof BoundaryPair["gaps"], Estimate>>;
  /** Mean L2 distances to the boundary, of the pairs that have one, in normalised pixels. */
  readonly distance: Readonly<Record<keyof BoundaryPair["distance"], Estimate>>;
  /** The shares, 0…1, of each network's samples that both networks put in the same class. */
  readonly agreement: Readonly<Record<keyof BoundaryPair["agreement"], Estimate>>;
  /** The pairs from which all of this is computed, one for each attacked image. */
  readonly pairs: readonly BoundaryPair[];
}

/**
 * Compares the decision boundaries of two networks (Heo et al. 2019). It makes boundary supporting
 * samples of the same images and target classes on both networks, and computes MagSim and AngSim
 * from them. Beside the paper's figures it gives distances and agreement. Bootstrap intervals are
 * over the choice of images.
 *
 * @param set normalised images `[n, h, w, c]`, which stay the caller's, and their labels
 * @param context.signal stops the work at the next batch or step of an attack
 * @param context.teachersPoints the teacher's boundary supporting samples by index of the image, for
 *   the next student. If the map is empty, it is filled for all images that the teacher gets right;
 *   otherwise it must come from the same teacher, set and options
 * @throws UserError for a bad option, labels that do not fit, or networks of different classes
 * @throws DOMException "AbortError" if the signal aborts, or at Stop in a notebook
 */
export async function boundarySimilarity(
  teacher: FrozenClassifier,
  student: FrozenClassifier,
  set: { readonly images: tf.Tensor4D; readonly labels: ArrayLike<number> },
  options: Partial<BoundarySimilarityOptions> = {},
  { signal, teachersPoints }: {
    readonly signal?: AbortSignal;
    readonly teachersPoints?: Map<number, BoundaryPoint>;
  } = {},
): Promise<BoundarySimilarity> {
  return await untilStopped(
    signal,
    () => compare(teacher, student, set, options, teachersPoints),
  );
}

async function compare(
  teacher: FrozenClassifier,
  student: FrozenClassifier,
  set: { readonly images: tf.Tensor4D; readonly labels: ArrayLike<number> },
  options: Partial<BoundarySimilarityOptions>,
  remembered?: Map<number, BoundaryPoint>,
): Promise<BoundarySimilarity> {
  const { count, seed, batchSize, targetRule, pairs: counted, ...attack } = resolveOptions(
    "boundarySimilarity",
    boundarySimilarityOptions,
    options,
  );
  [teacher, student].forEach(checkClassifier);
  if (teacher.classes !== student.classes) {
    throw new UserError(
      `teacher and student need the same classes, but have ${teacher.classes} and ${student.classes}`,
    );
  }
  checkClasses(set.images.shape[0], teacher.classes, { labels: set.labels });
  const stream = (name: string) => seedrandom(`${seed}/boundary/${name}`) as () => number;
  const base = await commonBaseSamples(teacher, student, set, {
    count,
    batchSize,
    targetRule,
    stream,
  });

  const pointsOn = (
    network: FrozenClassifier,
    images: tf.Tensor4D,
    batch: readonly BaseSample[],
  ) => {
    const labels = batch.map(({ row }) => set.labels[row]);
    const targets = batch.map(({ target }) => target);
    return boundaryPoints(network, images, { labels, targets }, attack);
  };

  const teachersPoints = remembered ?? new Map<number, BoundaryPoint>();
  if (teachersPoints.size === 0) {
    // All of the teacher's images: the next student may get others right.
    const samples = remembered ? base.ofTeacher : base.common;
    const points: BoundaryPoint[] = [];
    for await (const { images, batch } of imageBatches(set.images, samples, batchSize)) {
      points.push(...await pointsOn(teacher, images, batch));
    }
    // Only now: a stop in between would leave half of them.
    samples.forEach(({ row }, i) => teachersPoints.set(row, points[i]));
  }
  const pairs: BoundaryPair[] = [];
  for await (const { images, batch } of imageBatches(set.images, base.common, batchSize)) {
    const points = await pointsOn(student, images, batch);
    const teachers = batch.map(({ row }) => teachersPoints.get(row)!);
    pairs.push(
      ...await boundaryPairs(
        images,
        { classifier: teacher, points: teachers },
        { classifier: student, points },
        attack.clamp,
      ),
    );
  }

  return {
    qualifying: base.qualifying,
    attacked: pairs.length,
    pairs,
    ...await summaryOf(pairs, counted, stream),
  };
}

/** Yields samples with their images, a batch at a time, and disposes of the images. */
async function* imageBatches(images: tf.Tensor4D, samples: readonly BaseSample[], size: number) {
  for (let from = 0; from < samples.length; from += size) {
    await stopPoint();
    const batch = samples.slice(from, from + size);
    const part = gatherRows(images, batch.map(({ row }) => row));
    try {
      yield { images: part, batch };
    } finally {
      part.dispose();
    }
  }
}

/** Estimates all means over pairs. `counted` says over which pairs the main figures go. */
async function summaryOf(
  pairs: readonly BoundaryPair[],
  counted: BoundarySimilarityOptions["pairs"],
  stream: (name: string) => () => number,
): Promise<Omit<BoundarySimilarity, "qualifying" | "attacked" | "pairs">> {
  const both = ({ crossed }: BoundaryPair) => crossed.teacher && crossed.student;
  const compared = counted === "all" ? pairs : pairs.filter(both);
  const of = async (
    name: string,
    among: readonly BoundaryPair[],
    value: (pair: BoundaryPair) => number | boolean | null,
  ) => {
    // Resampling 10,000 images takes seconds.
    await stopPoint();
    return estimate(among.map(value), stream(`bootstrap/${name}`));
  };
  return {
    crossed: {
      teacher: pairs.filter(({ crossed }) => crossed.teacher).length,
      student: pairs.filter(({ crossed }) => crossed.student).length,
      both: pairs.filter(both).length,
    },
    magnitude: await of("magnitude", compared, ({ magnitude }) => magnitude),
    angle: await of("angle", compared, ({ angle }) => angle),
    distanceRatio: await of("distance ratio", compared, ({ distanceRatio }) => distanceRatio),
    angleFromClamp: await of("clamp", compared, ({ angleFromClamp }) => angleFromClamp),
    overAll: {
      magnitude: await of("magnitude of all", pairs, ({ magnitude }) => magnitude),
      angle: await of("angle of all", pairs, ({ angle }) => angle),
      distanceRatio: await of("distance ratio of all", pairs, ({ distanceRatio }) => distanceRatio),
    },
    norm: {
      teacher: await of("norm on teacher", pairs, ({ norms }) => norms.teacher),
      student: await of("norm on student", pairs, ({ norms }) => norms.student),
    },
    gap: {
      teacher: await of("gap of teacher", pairs, ({ gaps }) => gaps.teacher),
      student: await of("gap of student", pairs, ({ gaps }) => gaps.student),
    },
    distance: {
      teacher: await of("teacher", pairs, ({ distance }) => distance.teacher),
      student: await of("student", pairs, ({ distance }) => distance.student),
    },
    agreement: {
      onTeachers: await of("on teachers", pairs, ({ agreement }) => agreement.onTeachers),
      onStudents: await of("on students", pairs, ({ agreement }) => agreement.onStudents),
    },
  };
}
