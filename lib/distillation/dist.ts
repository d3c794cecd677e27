import * as tf from "@tensorflow/tfjs";
import { defineMethod } from "./method.ts";
import { number } from "../options.ts";
import { lengths, logitStep } from "./shared.ts";

const options = {
  /** β, the weight of the relation between the classes of an image; 2 on ImageNet */
  interWeight: number(2, { min: 0 }),
  /** γ, the weight of the relation between the images of a class; 2 on ImageNet */
  intraWeight: number(2, { min: 0 }),
  /** τ, of both teacher and student; 1 on ImageNet */
  temperature: number(1, { above: 0 }),
};

/**
 * DIST (Huang et al. 2022): cross-entropy, and the correlation of the student's probabilities with the
 * teacher's. The student need not match the teacher's probabilities, only how they relate.
 *
 * Deviation from their paper: epochs, batch size and learning rate are those of the other methods here.
 * Weights and temperature are those for ImageNet; their values for smaller images are not known here.
 */
export const dist = defineMethod({
  name: "dist",
  summary: "correlation with the teacher's probabilities (Huang et al. 2022)",
  options,
  step: ({ interWeight, intraWeight, temperature }, context) =>
    logitStep(context, (teacher, student) => {
      const { inter, intra } = correlationLosses(teacher, student, temperature);
      return {
        inter_class: tf.mul(inter, interWeight),
        intra_class: tf.mul(intra, intraWeight),
      };
    }),
});

/** Added to the product of two lengths, as in the published code. */
const EPSILON = 1e-8;

/**
 * Computes `τ²·(1 − ρ)` twice, where ρ is the mean Pearson correlation of the probabilities of teacher
 * and student: over the classes of each image ("inter"), and over the images of each class ("intra").
 *
 * @param teacherLogits `[n, classes]`, taken as constant
 * @param studentLogits `[n, classes]`
 */
export function correlationLosses(
  teacherLogits: tf.Tensor2D,
  studentLogits: tf.Tensor2D,
  temperature: number,
): { readonly inter: tf.Scalar; readonly intra: tf.Scalar } {
  const [teacher, student] = [teacherLogits, studentLogits].map((logits) =>
    tf.softmax(tf.div(logits, temperature))
  );
  const loss = (axis: number): tf.Scalar => {
    const [t, s] = [teacher, student].map((values) => tf.sub(values, tf.mean(values, axis, true)));
    const product = tf.sum(tf.mul(t, s), axis);
    const correlation = tf.div(
      product,
      tf.add(tf.mul(lengths(t, axis), lengths(s, axis)), EPSILON),
    );
    return tf.mul(tf.sub(1, tf.mean(correlation)), temperature ** 2);
  };
  return { inter: loss(1), intra: loss(0) };
}
