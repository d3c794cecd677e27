import * as tf from "@tensorflow/tfjs";
import { attackNamed, attacks } from "../attack/attacks.ts";
import { bssAttack, bssAttackOptions } from "../attack/bss.ts";
import { number, oneOf, type Rules, tacit } from "../options.ts";
import {
  baseSampleOptions,
  mostBaseSamples,
  selectBaseSamples,
} from "../selection/base_samples.ts";
import { sampleTargetClasses, targetClassOptions } from "../selection/target_classes.ts";
import { gatherRows } from "../tensors/rows.ts";
import { UserError } from "../user_error.ts";
import { distillationLoss, hintonOptions } from "./hinton.ts";
import { defineMethod } from "./method.ts";
import { BOUNDARY_WEIGHT, boundaryWeight, distillationWeight } from "./schedules.ts";
import { crossEntropy } from "./soft_cross_entropy.ts";
import {
  chosenAttack,
  lengthOptions,
  otherAttackOptions,
  supportingSamples,
} from "./supporting_samples.ts";

/** Options that do not depend on the attack. */
const commonOptions = {
  /** The attack that makes the samples: by default the paper's; others as in the paper's Table 3 */
  attack: tacit(oneOf("bss", attacks.map(({ shortName }) => shortName))),
  /**
   * The samples of the boundary term: "published", as in the published code, takes all; "paper", as in
   * the text, only those that crossed to their target class
   */
  mode: oneOf("published", ["published", "paper"]),
  ...hintonOptions,
  /** β(0), from which β(e) falls; 0 leaves Hinton's term alone */
  beta: tacit(number(BOUNDARY_WEIGHT, { min: 0 })),
  /** N: the largest number of base samples in a mini-batch; the rule "all" ignores it */
  baseSamples: baseSampleOptions.count,
  /** The rule that selects the base samples */
  baseRule: baseSampleOptions.rule,
  /** The rule that draws the target class of each base sample */
  targetRule: targetClassOptions.rule,
};

/**
 * Distillation with boundary supporting samples (Heo et al. 2019):
 * `CE + α(e)·J(t(x)/T, s(x)/T) + β(e)·J(t(x̊)/T, s(x̊)/T)`. The paper's attack, or another in its
 * place, makes the samples x̊ from the base samples. They go through the student as a separate
 * mini-batch in training mode.
 *
 * Like the published code and unlike the text, it draws one target class for each base sample (the text
 * sums over all k ≠ b). The term is the mean over the samples kept: all, or with the `mode` "paper"
 * those that reached their target class. By default, the paper's attack clamps pixels to ±2.5.
 */
export const bss = defineMethod({
  name: "bss",
  summary: "Hinton's term, and the same on boundary supporting samples (Heo et al. 2019)",
  options: { ...bssAttackOptions, ...commonOptions },
  async step(options, context) {
    const { images, labels, labelValues, epoch, epochs, random, own } = context;
    const alpha = distillationWeight(epoch, epochs);
    const beta = boundaryWeight(epoch, epochs, options.beta);

    // t(x)
    const teacherLogits = await context.teacherPass({ attackFollows: beta > 0 });

    // CE(y, s(x)) + α(e)·J(t(x)/T, s(x)/T)
    const studentLogits = await context.studentPass(images, ({ logits }) => ({
      cross_entropy: crossEntropy(labels, logits),
      distillation: tf.mul(distillationLoss(teacherLogits, logits, options), alpha),
    }));
    if (beta === 0) return;

    // Base samples: by default, the N that the networks differ most on, of those that both get right
    const { indices: base } = await selectBaseSamples(
      teacherLogits,
      studentLogits,
      labelValues,
      { count: options.baseSamples, rule: options.baseRule },
      random("base samples"),
    );
    if (base.length === 0) return;

    // Target classes: by default, k ≠ b with probability q_k/(1 − q_b)
    const baseClasses = base.map((index) => labelValues[index]);
    const targets = await sampleTargetClasses(
      own(gatherRows(teacherLogits, base)),
      baseClasses,
      Float64Array.from(base, random("target class")),
      { rule: options.targetRule },
    );

    // x̊ and t(x̊)
    const supporting = await supportingSamples(options, context, base, {
      labels: baseClasses,
      targets,
    });
    const kept = [...base.keys()].filter((row) =>
      options.mode === "published" || supporting.success[row]
    );

    // β(e)·J(t(x̊)/T, s(x̊)/T)
    if (kept.length > 0) {
      const boundaryLogits = own(gatherRows(supporting.logits, kept));
      await context.studentPass(own(gatherRows(supporting.samples, kept)), ({ logits }) => ({
        boundary: tf.mul(distillationLoss(boundaryLogits, logits, options), beta),
      }));
    }
    return { attack: supporting };
  },
  optionsFor({ attack: name = "bss", length }): Rules {
    const attack = attackNamed(name as string);
    const own = {
      ...(attack.targeted ? {} : otherAttackOptions),
      ...(!attack.targeted && length === "bss" ? lengthOptions : {}),
      ...commonOptions,
    };
    const shared = Object.keys(own).find((key) => Object.hasOwn(attack.options, key));
    if (shared !== undefined) {
      throw new UserError(
        `attack "${name}" has an option "${shared}", but so has method "bss"; rename the attack's`,
      );
    }
    return { ...attack.options, ...own };
  },
  passes(options, batchSize) {
    const { baseSamples: count, baseRule: rule, beta } = options;
    // The boundary term is off in the last quarter of training.
    const share = beta === 0 ? 0 : 0.75 * mostBaseSamples({ count, rule }, batchSize) / batchSize;
    const { attack, attackOptions, lengthOf } = chosenAttack(options);
    const anAttack = attack.passes(attackOptions) + (lengthOf ? bssAttack.passes(lengthOf) + 1 : 0);
    return { student: 3 + 3 * share, teacher: 1 + anAttack * share };
  },
});
