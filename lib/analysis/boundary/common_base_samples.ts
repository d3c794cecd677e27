import * as tf from "@tensorflow/tfjs";
import type { FrozenClassifier } from "../../nn/frozen_classifier.ts";
import { gatherRows } from "../../nn/gather_rows.ts";
import { topClasses } from "../../selection/probabilities.ts";
import { sampleTargetClasses, type TargetClassOptions } from "../../selection/target_classes.ts";

/** Images that two networks both classify correctly, and where they are to go. */
export interface CommonBaseSamples {
  /** Which images, ascending */
  readonly rows: readonly number[];
  /** One target class each */
  readonly targets: readonly number[];
  /** How many there would have been without a limit */
  readonly qualifying: number;
}

/**
 * Draws base samples and their target classes.
 *
 * @param settings.stream named streams of random numbers in [0, 1)
 * @param settings.turn called before each batch
 */
export async function commonBaseSamples(
  teacher: FrozenClassifier,
  student: FrozenClassifier,
  { images, labels }: { readonly images: tf.Tensor4D; readonly labels: ArrayLike<number> },
  { count, batchSize, targetRule, stream, turn }: {
    readonly count: number;
    readonly batchSize: number;
    readonly targetRule: TargetClassOptions["rule"];
    readonly stream: (name: string) => () => number;
    readonly turn: () => Promise<void>;
  },
): Promise<CommonBaseSamples> {
  const classes = teacher.classes;
  const teacherLogits = new Map<number, Float32Array>();
  for (let from = 0; from < labels.length; from += batchSize) {
    await turn();
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
  const rows = sample([...teacherLogits.keys()], count, stream("base samples"));
  return { rows, targets: await targetsOf(rows), qualifying: teacherLogits.size };

  async function targetsOf(rows: readonly number[]): Promise<number[]> {
    if (rows.length === 0) return [];
    const draw = stream("target class");
    const logits = tf.tensor2d(
      Float32Array.from(rows.flatMap((row) => [...teacherLogits.get(row)!])),
      [rows.length, classes],
    );
    const base = rows.map((row) => labels[row]);
    const targets = await sampleTargetClasses(logits, base, rows.map(() => draw()), {
      rule: targetRule,
    });
    logits.dispose();
    return [...targets];
  }
}

/** At most so many of the entries, each set of them as likely as any other, in their order. */
function sample(entries: readonly number[], count: number, random: () => number): number[] {
  const keys = entries.map((entry) => ({ entry, key: random() }));
  return keys.toSorted((a, b) => a.key - b.key).slice(0, count)
    .map(({ entry }) => entry).sort((a, b) => a - b);
}
