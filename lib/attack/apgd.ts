import * as tf from "@tensorflow/tfjs";
import { Archive } from "./archive.ts";
import { type AttackClasses, defineAttack } from "./attack.ts";
import { adaptiveSteps } from "./adaptive_steps.ts";
import { ballOptions, imageStreams } from "./ball.ts";
import { classesOf } from "./classes.ts";
import { mostProbableOthers } from "./most_probable_others.ts";
import { attackResult } from "./result.ts";
import { gatherRows } from "../nn/gather_rows.ts";
import { integer, oneOf } from "../options.ts";
import { UserError } from "../user_error.ts";

/** With fewer classes the targeted DLR loss is not defined. */
export const DLR_CLASSES = 4;

/**
 * Auto-PGD (Croce and Hein 2020, algorithm 1): projected gradient steps with momentum from a random
 * point of the ball, whose length is halved where the loss stops rising; samples that have succeeded
 * stop. With the loss "dlr" and no targets, it goes for the most probable other classes in turn.
 */
export const apgdAttack = defineAttack({
  shortName: "apgd",
  summary: "projected gradient steps that choose their length (Croce and Hein 2020)",
  options: {
    ...ballOptions,
    /** Steps of each run. */
    maxSteps: integer(100, { max: 10_000 }),
    /** "ce", cross-entropy, or "dlr", the targeted difference-of-logits ratio. */
    loss: oneOf("ce", ["ce", "dlr"]),
    /** How many classes "dlr" goes for without targets; one run each. */
    candidates: integer(9, { min: 1 }),
  },
  units: "pixels",
  // Most samples succeed in a tenth of the steps.
  passes: ({ maxSteps }) => 2 * Math.ceil(maxSteps / 10) + 1,
  async run(classifier, images, classes, settings, { random, turn }) {
    if (settings.loss === "dlr" && classifier.classes < DLR_CLASSES) {
      throw new UserError(
        `apgd attack: the loss "dlr" needs at least ${DLR_CLASSES} classes, but the classifier has ` +
          `${classifier.classes}; use "ce"`,
      );
    }
    const streams = imageStreams(images.shape[0], random);
    const goals = await goalsOf();
    const archive = new Archive();
    const steps = new Int32Array(images.shape[0]);
    let left = Array.from(steps.keys());
    for (const [round, goal] of goals.entries()) {
      const attacked = await attackThose(left, goal).catch((error) => {
        archive.dispose();
        throw error;
      });
      attacked.steps.forEach((taken, row) => steps[left[row]] += taken);
      const rows = left.map((_, row) => row);
      const leaving = rows.filter((row) => attacked.success[row] || round === goals.length - 1);
      archive.put(
        attacked.samples,
        attacked.logits,
        leaving,
        leaving.map((row) => left[row]),
      );
      tf.dispose([attacked.samples, attacked.logits]);
      left = rows.filter((row) => !leaving.includes(row)).map((row) => left[row]);
      if (left.length === 0) break;
    }
    return await attackResult({ ...archive.take(), steps }, images, classes);

    /** One run on some of the images, by the loss on its own classes. */
    async function attackThose(samples: readonly number[], goal: AttackClasses) {
      const origin = gatherRows(images, samples);
      try {
        const success = classesOf(classes, samples);
        const attacked = await adaptiveSteps(
          classifier,
          origin,
          { success, loss: classesOf(goal, samples) },
          settings,
          { streams: samples.map((sample) => streams[sample]), turn },
        );
        return await attackResult(attacked, origin, success);
      } finally {
        origin.dispose();
      }
    }

    /** What the loss of each run has as classes. */
    async function goalsOf(): Promise<AttackClasses[]> {
      if (settings.loss === "ce" || classes.targets) return [classes];
      const logits = classifier.logits(images);
      const others = mostProbableOthers(await logits.data(), classifier.classes, classes.labels);
      logits.dispose();
      const runs = Math.min(settings.candidates, classifier.classes - 1);
      return Array.from({ length: runs }, (_, rank) => ({
        labels: classes.labels,
        targets: others.map((row) => row[rank]),
      }));
    }
  },
});
