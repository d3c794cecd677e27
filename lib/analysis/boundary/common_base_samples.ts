import * as tf from "@tensorflow/tfjs";
import type { FrozenClassifier } from "../../nn/frozen_classifier.ts";
import { sampleTargetClasses, type TargetClassOptions } from "../../selection/target_classes.ts";
import { stopPoint } from "../../stop/until_stopped.ts";
import { gatherRows, topClasses } from "../../tensors/rows.ts";

/** An image, by its index in the set, with its target class. */
export interface BaseSample {
  readonly row: number;
  readonly target: number;
}

/** The images that two networks are compared on. */
interface ComparedImages {
  /** The chosen images that both networks classify correctly, ascending */
  readonly common: readonly BaseSample[];
  /** All images that the teacher classifies correctly, ascending */
  readonly ofTeacher: readonly BaseSample[];
  /** The number of images that both networks classify correctly */
  readonly qualifying: number;
}

/**
 * Draws base samples and their target classes.
 *
 * @param settings.stream named streams of random numbers in [0, 1)
 */
export async function commonBaseSamples(
  teacher: FrozenClassifier,
  student: FrozenClassifier,
  { images, labels }: { readonly images: tf.Tensor4D; readonly labels: ArrayLike<number> },
  { count, batchSize, targetRule, stream }: {
    readonly count: number;
    readonly batchSize: number;
    readonly targetRule: TargetClassOptions["rule"];
    readonly stream: (name: string) => () => number;
  },
): Promise<ComparedImages> {
  const classes = teacher.classes;
  const teacherLogits = new Map<number, Float32Array>();
  const qualifying: number[] = [];
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
      if (ofTeacher[k] !== labels[row]) return;
      teacherLogits.set(row, values[0].slice(k * classes, (k + 1) * classes));
      if (ofStudent[k] === labels[row]) qualifying.push(row);
    });
  }
  const chosen = new Set(sample(qualifying, count, (row) => stream(`base samples/${row}`)()));
  if (teacherLogits.size === 0) return { common: [], ofTeacher: [], qualifying: 0 };
  const rows = [...teacherLogits.keys()];
  const logits = tf.tensor2d(
    Float32Array.from([...teacherLogits.values()].flatMap((row) => [...row])),
    [rows.length, classes],
  );
  const base = rows.map((row) => labels[row]);
  const uniform = rows.map((row) => stream(`target class/${row}`)());
  const targets = await sampleTargetClasses(logits, base, uniform, { rule: targetRule });
  logits.dispose();
  const ofTeacher = rows.map((row, i): BaseSample => ({ row, target: targets[i] }));
  return {
    common: ofTeacher.filter(({ row }) => chosen.has(row)),
    ofTeacher,
    qualifying: qualifying.length,
  };
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
