import * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import { type BoundaryPair, boundaryPairs } from "./boundary_pair.ts";
import { type Estimate, estimate } from "./estimate.ts";
import { checkClasses } from "../../attack/attack.ts";
import { bssAttackOptions } from "../../attack/bss.ts";
import type { FrozenClassifier } from "../../nn/frozen_classifier.ts";
import { gatherRows, topClasses } from "../../tensors/rows.ts";
import { integer, oneOf, type Options, resolveOptions } from "../../options.ts";
import {
  sampleTargetClasses,
  type TargetClassOptions,
  targetClassOptions,
} from "../../selection/target_classes.ts";
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
  /** The number of images to attack at once; the results do not depend on it. */
  batchSize: integer(256, { min: 1 }),
  /** The rule that draws target classes from the teacher's probabilities. */
  targetRule: targetClassOptions.rule,
  /**
   * The pairs that count for MagSim and AngSim: "crossed" for those that reached their target class
   * on both networks, or "all".
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
  /** AngSim: the mean cosine between the perturbations, −1…1. */
  readonly angle: Estimate;
  /** The mean ratio of the distances to the boundary, the smaller divided by the larger, 0…1. */
  readonly distanceRatio: Estimate;
  /** The part of AngSim that the clamp makes; see `BoundaryPair`. */
  readonly angleFromClamp: Estimate;
  /** The same means over all pairs, whatever the option `pairs` says. */
  readonly overAll: Readonly<Record<"magnitude" | "angle" | "distanceRatio", Estimate>>;
  /** Mean norms of the perturbations, in normalised pixels. */
  readonly norm: Readonly<Record<keyof BoundaryPair["norms"], Estimate>>;
  /** Mean gaps on the images, in logits. */
  readonly gap: Readonly<Record<keyof BoundaryPair["gaps"], Estimate>>;
  /** Mean L2 distances to the boundary, in normalised pixels; see `BoundaryPair`. */
  readonly distance: Readonly<Record<keyof BoundaryPair["distance"], Estimate>>;
  /** The shares of each network's samples that both networks put in the same class. */
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
 * @param context.signal stops at the next batch
 * @throws UserError for a bad option, labels that do not fit, or networks of different classes
 * @throws DOMException "AbortError" if the signal was given
 */
export async function boundarySimilarity(
  teacher: FrozenClassifier,
  student: FrozenClassifier,
  set: { readonly images: tf.Tensor4D; readonly labels: ArrayLike<number> },
  options: Partial<BoundarySimilarityOptions> = {},
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<BoundarySimilarity> {
  return await untilStopped(signal, () => compare(teacher, student, set, options));
}

async function compare(
  teacher: FrozenClassifier,
  student: FrozenClassifier,
  set: { readonly images: tf.Tensor4D; readonly labels: ArrayLike<number> },
  options: Partial<BoundarySimilarityOptions>,
): Promise<BoundarySimilarity> {
  const { count, seed, batchSize, targetRule, pairs: counted, ...attack } = resolveOptions(
    "boundarySimilarity",
    boundarySimilarityOptions,
    options,
  );
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

  const pairs: BoundaryPair[] = [];
  for (let from = 0; from < base.rows.length; from += batchSize) {
    await stopPoint();
    const rows = base.rows.slice(from, from + batchSize);
    const images = gatherRows(set.images, rows);
    const classes = {
      labels: rows.map((row) => set.labels[row]),
      targets: base.targets.slice(from, from + batchSize),
    };
    pairs.push(...await boundaryPairs(teacher, student, images, classes, attack));
    images.dispose();
  }

  const both = ({ crossed }: BoundaryPair) => crossed.teacher && crossed.student;
  const compared = counted === "all" ? pairs : pairs.filter(both);
  const of = (
    name: string,
    among: readonly BoundaryPair[],
    value: (pair: BoundaryPair) => number | boolean | null,
  ) => estimate(among.map(value), stream(`bootstrap/${name}`));
  return {
    qualifying: base.qualifying,
    attacked: pairs.length,
    crossed: {
      teacher: pairs.filter(({ crossed }) => crossed.teacher).length,
      student: pairs.filter(({ crossed }) => crossed.student).length,
      both: pairs.filter(both).length,
    },
    magnitude: of("magnitude", compared, ({ magnitude }) => magnitude),
    angle: of("angle", compared, ({ angle }) => angle),
    distanceRatio: of("distance ratio", compared, ({ distanceRatio }) => distanceRatio),
    angleFromClamp: of("clamp", compared, ({ angleFromClamp }) => angleFromClamp),
    overAll: {
      magnitude: of("magnitude of all", pairs, ({ magnitude }) => magnitude),
      angle: of("angle of all", pairs, ({ angle }) => angle),
      distanceRatio: of("distance ratio of all", pairs, ({ distanceRatio }) => distanceRatio),
    },
    norm: {
      teacher: of("norm on teacher", pairs, ({ norms }) => norms.teacher),
      student: of("norm on student", pairs, ({ norms }) => norms.student),
    },
    gap: {
      teacher: of("gap of teacher", pairs, ({ gaps }) => gaps.teacher),
      student: of("gap of student", pairs, ({ gaps }) => gaps.student),
    },
    distance: {
      teacher: of("teacher", pairs, ({ distance }) => distance.teacher),
      student: of("student", pairs, ({ distance }) => distance.student),
      studentAlongTeacher: of("along", pairs, ({ distance }) => distance.studentAlongTeacher),
    },
    agreement: {
      onTeachers: of("on teachers", pairs, ({ agreement }) => agreement.onTeachers),
      onStudents: of("on students", pairs, ({ agreement }) => agreement.onStudents),
    },
    pairs,
  };
}

/** Images that two networks both classify correctly, with their target classes. */
interface CommonBaseSamples {
  /** The indices of the images, ascending. */
  readonly rows: readonly number[];
  /** The target class of each. */
  readonly targets: readonly number[];
  /** Their number without the limit. */
  readonly qualifying: number;
}

/**
 * Draws base samples and their target classes.
 *
 * @param settings.stream named streams of random numbers in [0, 1)
 */
async function commonBaseSamples(
  teacher: FrozenClassifier,
  student: FrozenClassifier,
  { images, labels }: { readonly images: tf.Tensor4D; readonly labels: ArrayLike<number> },
  { count, batchSize, targetRule, stream }: {
    readonly count: number;
    readonly batchSize: number;
    readonly targetRule: TargetClassOptions["rule"];
    readonly stream: (name: string) => () => number;
  },
): Promise<CommonBaseSamples> {
  const classes = teacher.classes;
  const teacherLogits = new Map<number, Float32Array>();
  for (let from = 0; from < labels.length; from += batchSize) {
    await stopPoint();
    const rows = Array.from(
      { length: Math.min(batchSize, labels.length - from) },
      (_, k) => from + k,
    );
    const batch = gatherRows(images, rows);
    const logits = [teacher, student].map((network) => network.logits(batch));
    const values = await Promise.all(logits.map((tensor) => tensor.data<"float32">()));
    tf.dispose([batch, logits]);
    const [ofTeacher, ofStudent] = values.map((list) => topClasses(list, classes));
    rows.forEach((row, k) => {
      if (ofTeacher[k] !== labels[row] || ofStudent[k] !== labels[row]) return;
      teacherLogits.set(row, values[0].slice(k * classes, (k + 1) * classes));
    });
  }
  const rows = sample(
    [...teacherLogits.keys()],
    count,
    (row) => stream(`base samples/${row}`)(),
  );
  return { rows, targets: await targetsOf(rows), qualifying: teacherLogits.size };

  async function targetsOf(rows: readonly number[]): Promise<number[]> {
    if (rows.length === 0) return [];
    const logits = tf.tensor2d(
      Float32Array.from(rows.flatMap((row) => [...teacherLogits.get(row)!])),
      [rows.length, classes],
    );
    const base = rows.map((row) => labels[row]);
    const uniform = rows.map((row) => stream(`target class/${row}`)());
    const targets = await sampleTargetClasses(logits, base, uniform, { rule: targetRule });
    logits.dispose();
    return [...targets];
  }
}

/**
 * Draws at most `count` of the entries, each set equally likely, and keeps their order.
 *
 * @param random a number in [0, 1) for each entry
 */
function sample(
  entries: readonly number[],
  count: number,
  random: (entry: number) => number,
): number[] {
  const keys = entries.map((entry) => ({ entry, key: random(entry) }));
  return keys.toSorted((a, b) => a.key - b.key).slice(0, count)
    .map(({ entry }) => entry).sort((a, b) => a - b);
}
