import * as tf from "@tensorflow/tfjs";
import { type AttackResult, attackResult } from "../attack/attack.ts";
import type { AttackClasses } from "../attack/attack_input.ts";
import { attackNamed, attacks } from "../attack/attacks.ts";
import { bssAttack, bssAttackOptions } from "../attack/bss.ts";
import { withNorms } from "../attack/with_norms.ts";
import { flag, number, oneOf, resolveOptions, type Rules, tacit } from "../options.ts";
import {
  baseSampleOptions,
  mostBaseSamples,
  selectBaseSamples,
} from "../selection/base_samples.ts";
import { sampleTargetClasses, targetClassOptions } from "../selection/target_classes.ts";
import { gatherRows } from "../tensors/rows.ts";
import { UserError } from "../user_error.ts";
import { distillationLoss, hintonOptions } from "./hinton.ts";
import { defineMethod, type StepContext } from "./method.ts";
import { BOUNDARY_WEIGHT, boundaryWeight, distillationWeight } from "./schedules.ts";
import { crossEntropy } from "./soft_cross_entropy.ts";

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

/** Options of attacks that do not make boundary supporting samples. */
const otherAttackOptions = {
  /** True to go for the target classes, false to go for any other class */
  targeted: flag(false),
  /**
   * The length of a perturbation: "own", the attack's, or "bss", that of the boundary supporting
   * sample of the same image, so that neither is ahead by its length
   */
  length: tacit(oneOf("own", ["own", "bss"])),
};

/** The step of the BSS attack that sets the lengths with `length: "bss"`. */
const lengthOptions = {
  bssStep: bssAttackOptions.step,
  bssEta: bssAttackOptions.eta,
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

/** Makes the samples x̊ from the base samples, with the attack and the length of the options. */
async function supportingSamples(
  options: AttackChoice,
  { images, teacher, attackTeacher, own }: StepContext,
  base: Int32Array,
  classes: AttackClasses,
): Promise<AttackResult> {
  const { attack, isTargeted, attackOptions, lengthOf } = chosenAttack(options);
  const goal = isTargeted ? classes : { labels: classes.labels };
  const attacked = await attackTeacher(attack, base, goal, attackOptions);
  if (!lengthOf) return attacked;
  // Keeps the directions, and gives each perturbation the length of the other attack's.
  const { norms } = await attackTeacher(bssAttack, base, classes, lengthOf);
  const baseImages = own(gatherRows(images, base));
  const samples = own(withNorms(baseImages, attacked.samples, norms));
  const logits = own(teacher.logits(samples));
  return await attackResult({ ...attacked, samples, logits }, baseImages, goal);
}

/** The options that choose an attack. */
interface AttackChoice {
  readonly attack?: string;
  readonly targeted?: boolean;
  readonly length?: string;
  readonly bssStep?: string;
  readonly bssEta?: number;
}

/**
 * Picks the attack that the options name, and the options that belong to it. With `length: "bss"` also
 * gives the options of the BSS attack that sets the lengths; otherwise null.
 */
function chosenAttack(options: AttackChoice) {
  const attack = attackNamed(options.attack ?? "bss");
  const { bssStep: step, bssEta: eta } = options;
  return {
    attack,
    isTargeted: attack.targeted || options.targeted === true,
    attackOptions: Object.fromEntries(
      Object.entries(options).filter(([name]) => Object.hasOwn(attack.options, name)),
    ),
    lengthOf: !attack.targeted && options.length === "bss"
      ? resolveOptions("bss attack", bssAttackOptions, { step, eta })
      : null,
  };
}
