import * as tf from "@tensorflow/tfjs";
import { bssAttack, bssAttackOptions } from "../attack/bss.ts";
import type { DistillationMethod } from "./method.ts";
import { boundaryWeight, distillationWeight } from "./schedules.ts";
import { crossEntropy, softCrossEntropy } from "./soft_cross_entropy.ts";
import { baseSampleOptions, selectBaseSamples } from "../selection/base_samples.ts";
import { sampleTargetClasses, targetClassOptions } from "../selection/target_classes.ts";
import { gatherRows } from "../nn/gather_rows.ts";
import { restrictPullback } from "../nn/restrict_pullback.ts";
import { number } from "../options.ts";

const { compact: _, ...attackOptions } = bssAttackOptions;

const options = {
  ...attackOptions,
  /** T, of teacher and student alike */
  temperature: number(3, { above: 0 }),
  /** N: at most so many base samples of a mini-batch */
  baseSamples: baseSampleOptions.count,
  /** Which samples of a mini-batch are attacked */
  baseRule: baseSampleOptions.rule,
  /** Which class each is moved to */
  targetRule: targetClassOptions.rule,
};

/**
 * Distillation with boundary supporting samples (Heo et al. 2019):
 * `CE + α(e)·J(t(x)/T, s(x)/T) + β(e)·J(t(x̊)/T, s(x̊)/T)`, with x̊ the samples that the attack
 * makes from the base samples. They go through the student as a mini-batch of their own, in training
 * mode, and their term is the mean over those that were made.
 */
export const bss: DistillationMethod<typeof options> = {
  name: "bss",
  summary: "Hinton's term, and the same on boundary supporting samples (Heo et al. 2019)",
  options,
  needsTeacher: true,
  stages: (_options, epochs) => [{ name: "train", epochs }],
  passes({ baseSamples }, batchSize) {
    // Off in the last quarter; three passes forward and back make up an average attack.
    const attacked = 0.75 * Math.min(baseSamples / batchSize, 1);
    return { student: 3 + 3 * attacked, teacher: 1 + 6 * attacked };
  },
  async step(options, context) {
    const { temperature, baseSamples, baseRule, targetRule, ...attackSettings } = options;
    const { images, labels, labelValues, teacher, epoch, epochs, backward, random, timed } =
      context;
    const alpha = distillationWeight(epoch, epochs);
    const beta = boundaryWeight(epoch, epochs);
    const clean = await timed("teacher", () => context.cleanPass({ pullback: beta > 0 }));
    const teacherLogits = clean.logits;
    const studentLogits = await timed("student", () =>
      backward(images, ({ logits }) => ({
        cross_entropy: crossEntropy(labels, logits),
        distillation: tf.mul(softCrossEntropy(teacherLogits, logits, temperature), alpha),
      })));

    try {
      if (beta === 0) return {};
      const { base, baseClass, targetClass } = await timed("selection", async () => {
        const base = await selectBaseSamples(
          teacherLogits,
          studentLogits,
          labelValues,
          { count: baseSamples, rule: baseRule },
          random("base samples"),
        );
        const baseClass = base.indices.map((index) => labelValues[index]);
        const targetClass = await targetClassesOf(base.indices, baseClass);
        return { base, baseClass, targetClass };
      });
      if (base.indices.length === 0) return {};

      const attack = await timed("attack", async () => {
        const baseImages = gatherRows(images, base.indices);
        const result = await bssAttack(
          teacher,
          baseImages,
          baseClass,
          targetClass,
          attackSettings,
          clean.pullback ? restrictPullback(clean.pullback, base.indices) : undefined,
        );
        baseImages.dispose();
        return result;
      });
      await timed("student", () => {
        if (attack.accepted.length > 0) distilOn(attack);
      });
      tf.dispose([attack.samples, attack.logits]);
      return { attack };
    } finally {
      clean.dispose();
      studentLogits.dispose();
    }

    async function targetClassesOf(indices: Int32Array, baseClass: Int32Array) {
      const draw = random("target class");
      const uniform = Float64Array.from(indices, () => draw());
      const logits = gatherRows(teacherLogits, indices);
      const targets = await sampleTargetClasses(logits, baseClass, uniform, { rule: targetRule });
      logits.dispose();
      return targets;
    }

    function distilOn({ samples, logits, accepted }: Awaited<ReturnType<typeof bssAttack>>) {
      const acceptedSamples = gatherRows(samples, accepted);
      const acceptedLogits = gatherRows(logits, accepted);
      backward(acceptedSamples, (output) => ({
        boundary: tf.mul(softCrossEntropy(acceptedLogits, output.logits, temperature), beta),
      })).dispose();
      tf.dispose([acceptedSamples, acceptedLogits]);
    }
  },
};
