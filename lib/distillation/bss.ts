import * as tf from "@tensorflow/tfjs";
import type { AttackResult } from "../attack/attack.ts";
import { attackNamed, attacks } from "../attack/attacks.ts";
import { bssAttackOptions } from "../attack/bss.ts";
import { attackNormalised } from "../attack/pixel_space.ts";
import { hintonOptions, hintonTerm } from "./hinton.ts";
import type { DistillationMethod } from "./method.ts";
import { BOUNDARY_WEIGHT, boundaryWeight } from "./schedules.ts";
import { crossEntropy, softCrossEntropy } from "./soft_cross_entropy.ts";
import {
  baseSampleOptions,
  mostBaseSamples,
  selectBaseSamples,
} from "../selection/base_samples.ts";
import { sampleTargetClasses, targetClassOptions } from "../selection/target_classes.ts";
import { gatherRows } from "../tensors/rows.ts";
import { restrictPullback } from "../nn/frozen_classifier.ts";
import { flag, number, oneOf, type Rules, tacit } from "../options.ts";

/** What may be set whichever attack makes the samples. */
const commonOptions = {
  /** Which attack makes the samples; the paper's unless said otherwise (its Table 3) */
  attack: tacit(oneOf("bss", attacks.map(({ shortName }) => shortName))),
  /**
   * Which samples are distilled on: "published", as the published code has it, all of them, whatever
   * became of them; "paper", as the text has it, only those that crossed to their target class
   */
  mode: oneOf("published", ["published", "paper"]),
  ...hintonOptions,
  /** β at the start of training; 0 leaves Hinton's term alone */
  beta: tacit(number(BOUNDARY_WEIGHT, { min: 0 })),
  /** N: at most so many base samples of a mini-batch */
  baseSamples: baseSampleOptions.count,
  /** Which samples of a mini-batch are attacked */
  baseRule: baseSampleOptions.rule,
  /** Which class each is moved to */
  targetRule: targetClassOptions.rule,
};

const options = { ...bssAttackOptions, ...commonOptions };

/** Those of attacks that can do without a target. */
const aimOptions = {
  /** Whether it goes for the target classes; if not, for any other class */
  targeted: flag(false),
};

/** The options with another attack's in the place of the paper's. */
function optionsFor({ attack: name = "bss" }: Readonly<Record<string, unknown>>): Rules {
  const attack = attackNamed(String(name));
  const { compact: _, ...own } = attack.options;
  return { ...own, ...(attack.targeted ? {} : aimOptions), ...commonOptions };
}

/**
 * Distillation with boundary supporting samples (Heo et al. 2019):
 * `CE + α(e)·J(t(x)/T, s(x)/T) + β(e)·J(t(x̊)/T, s(x̊)/T)`, with x̊ the samples that the attack, the
 * paper's or another in its place, makes from the base samples. They go through the student as a
 * mini-batch of their own, in training mode, and their term is the mean over those that were made.
 */
export const bss: DistillationMethod<typeof options> = {
  name: "bss",
  summary: "Hinton's term, and the same on boundary supporting samples (Heo et al. 2019)",
  options,
  optionsFor,
  needsTeacher: true,
  stages: (_options, epochs) => [{ name: "train", epochs }],
  passes(options, batchSize) {
    const { baseSamples: count, baseRule: rule } = options;
    const most = mostBaseSamples({ count, rule }, batchSize);
    // Off in the last quarter.
    const attacked = options.beta === 0 ? 0 : 0.75 * most / batchSize;
    const perSample = attackNamed(options.attack ?? "bss").passes(options);
    return { student: 3 + 3 * attacked, teacher: 1 + perSample * attacked };
  },
  async step(options, context) {
    const { attack: attackName = "bss", mode, temperature, baseSamples, baseRule, targetRule } =
      options;
    const { images, labels, labelValues, teacher, epoch, epochs, backward, random, timed } =
      context;
    const maker = attackNamed(attackName);
    const isTargeted = maker.targeted || (options as { targeted?: boolean }).targeted === true;
    const beta = boundaryWeight(epoch, epochs, options.beta);
    const clean = await timed("teacher", () => context.cleanPass({ pullback: beta > 0 }));
    const teacherLogits = clean.logits;
    const studentLogits = await timed("student", () =>
      backward(images, ({ logits }) => ({
        cross_entropy: crossEntropy(labels, logits),
        distillation: hintonTerm(teacherLogits, logits, temperature, { epoch, epochs }),
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
        const start = clean.pullback && restrictPullback(clean.pullback, base.indices);
        try {
          return await attackNormalised(
            maker,
            context.normalisation,
            teacher,
            baseImages,
            isTargeted ? { labels: baseClass, targets: targetClass } : { labels: baseClass },
            Object.fromEntries(
              Object.entries(options).filter(([name]) => Object.hasOwn(maker.options, name)),
            ),
            { random: random("attack"), start: start ?? undefined, turn: () => context.turn() },
          );
        } finally {
          start?.dispose();
          tf.dispose([baseImages, ...(start ? [start.logits] : [])]);
        }
      });
      await timed("student", () => {
        const accepted = attack.success.flatMap((success, i) =>
          success || mode === "published" ? [i] : []
        );
        if (accepted.length > 0) distilOn(attack, accepted);
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

    function distilOn({ samples, logits }: AttackResult, accepted: number[]) {
      const acceptedSamples = gatherRows(samples, accepted);
      const acceptedLogits = gatherRows(logits, accepted);
      backward(acceptedSamples, (output) => ({
        boundary: tf.mul(softCrossEntropy(acceptedLogits, output.logits, temperature), beta),
      })).dispose();
      tf.dispose([acceptedSamples, acceptedLogits]);
    }
  },
};
