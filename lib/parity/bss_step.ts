import * as tf from "@tensorflow/tfjs";
import { compareBySample, compareExactly, compareRelative, type Comparison } from "./compare.ts";
import type { GoldenFile, GoldenFolder } from "./golden_folder.ts";
import { ReferenceStep } from "./reference_step.ts";
import type { AttackResult } from "../attack/attack.ts";
import { bssAttack } from "../attack/bss.ts";
import { freeze } from "../nn/freeze.ts";
import type { FrozenClassifier } from "../nn/frozen_classifier.ts";
import type { ImageNetwork } from "../nn/image_network.ts";
import { Held } from "../tensors/held.ts";
import { gatherRows } from "../tensors/rows.ts";
import { permute } from "../nn/layout.ts";
import { readResNet } from "../nn/weights_file.ts";
import { selectBaseSamples } from "../selection/base_samples.ts";
import { sampleTargetClasses } from "../selection/target_classes.ts";

/** Tolerances measured on correct float32 code; see the description of the reference numbers. */
const LOGITS = 1e-5;
/** Scores are squared differences of probabilities, which lose digits. */
const SCORES = 1e-4;
const SAMPLES = { share: 0.9, tight: 1e-3, loose: 2e-2 };
/** A ReLU that flips in a sample changes the sample's logits too. */
const SAMPLE_LOGITS = { share: 0.9, tight: 1e-3, loose: 5e-2 };

/** Compares every part of a training step with boundary supporting samples. */
export async function* compareBssStep(folder: GoldenFolder): AsyncIterable<Comparison> {
  const golden = await folder.read("bss_step.safetensors");
  using held = new Held();
  const networkOf = async (role: "teacher" | "student") =>
    held.keep((await readResNet(folder.networkFile(role))).network);
  const teacherNetwork = await networkOf("teacher");
  const student = await networkOf("student");
  const teacher = held.keep(freeze(teacherNetwork));
  const { data, shape } = golden.normalisedImages();
  const images = held.keep(tf.tensor4d(data, shape));
  const labels = golden.data("labels");

  const teacherLogits = held.keep(teacher.logits(images));
  yield await relative("teacher logits, folded", teacherLogits, golden, "teacher_logits");
  const inference = (network: ImageNetwork) =>
    held.keep(tf.tidy(() => network.forward(images, { training: false }).logits));
  const unfolded = inference(teacherNetwork);
  yield await relative("teacher logits, layer by layer", unfolded, golden, "teacher_logits");
  const evaluated = inference(student);
  yield await relative("student logits, inference", evaluated, golden, "student_logits_eval");

  using step = new ReferenceStep(golden, student, images, teacherLogits);
  const studentLogits = held.keep(step.passOverImages());
  yield await relative("student logits, training", studentLogits, golden, "student_logits_train");

  const { indices, scores } = await selectBaseSamples(teacherLogits, studentLogits, labels, {
    count: golden.setting("base_samples", 64),
  });
  yield compareExactly("base samples", indices, golden.data("base_index"));
  yield compareRelative("scores of base samples", scores, golden.data("base_score"), SCORES);

  const baseClass = Int32Array.from(golden.data("base_index"), (index) => labels[index]);
  const baseLogits = held.keep(gatherRows(teacherLogits, golden.data("base_index")));
  yield compareExactly(
    "target classes",
    await sampleTargetClasses(baseLogits, baseClass, golden.data("uniform")),
    golden.data("target_class"),
  );
  const baseImages = held.keep(gatherRows(images, golden.data("base_index")));
  yield* compareAttack(golden, teacher, baseImages, baseClass);

  const onSamples = held.keep(step.passOverSamples());
  yield await relative(
    "student logits on boundary supporting samples",
    onSamples,
    golden,
    "adversarial_student_logits_train",
  );
  yield* step.compareLossAndGradients();
  yield* step.compareSteps();
}

async function* compareAttack(
  golden: GoldenFile,
  teacher: FrozenClassifier,
  images: tf.Tensor4D,
  baseClass: Int32Array,
): AsyncIterable<Comparison> {
  const targetClass = golden.data("target_class");
  const attack = (maxSteps: number) =>
    bssAttack(teacher, images, { labels: baseClass, targets: targetClass }, {
      eta: golden.setting("eta", 0.3),
      maxSteps,
    });
  const maxSteps = golden.setting("steps", 10);
  using held = new Held();
  const result = await attack(maxSteps);
  for (const tensor of [result.samples, result.logits]) held.keep(tensor);
  const crossed = (wanted: (outcome: AttackResult["outcomes"][number]) => boolean) =>
    result.outcomes.map((outcome) => wanted(outcome) ? 1 : 0);
  yield compareExactly("steps of the attack", result.steps, golden.data("steps"));
  yield compareExactly(
    "left the base class",
    crossed((outcome) => outcome !== "not crossed"),
    golden.data("left_base"),
  );
  yield compareExactly(
    "crossed to the target class",
    crossed((outcome) => outcome === "crossed to target"),
    golden.data("crossed_to_target"),
  );
  yield* compareBySample(
    "boundary supporting samples",
    await result.samples.data(),
    golden.nhwc("adversarial").data,
    images.shape[0],
    SAMPLES,
  );
  yield* compareBySample(
    "teacher logits on them",
    await result.logits.data(),
    golden.data("adversarial_teacher_logits"),
    images.shape[0],
    SAMPLE_LOGITS,
    "of the largest value",
  );
  yield* compareGapPath(golden, attack, baseClass, targetClass);
}

/** Compares the gap f_base − f_target of each sample after 0, 1, 2, … steps. */
async function* compareGapPath(
  golden: GoldenFile,
  attack: (maxSteps: number) => Promise<AttackResult>,
  baseClass: ArrayLike<number>,
  targetClass: ArrayLike<number>,
): AsyncIterable<Comparison> {
  const { data, shape: [steps, count] } = golden.tensor("gap_path");
  // [step, sample] → [sample, step]
  const expected = permute(data, [steps, count], [1, 0]);
  const actual = new Float32Array(expected.length);
  for (let step = 0; step < steps; step++) {
    const result = await attack(step);
    const logits = await result.logits.data();
    const classes = result.logits.shape[1];
    for (let i = 0; i < count; i++) {
      actual[i * steps + step] = logits[i * classes + baseClass[i]] -
        logits[i * classes + targetClass[i]];
    }
    tf.dispose([result.samples, result.logits]);
  }
  yield* compareBySample(
    "path of the gap",
    actual,
    expected,
    count,
    SAMPLE_LOGITS,
    "of the largest value",
  );
}

async function relative(
  quantity: string,
  actual: tf.Tensor,
  golden: GoldenFile,
  name: string,
): Promise<Comparison> {
  return compareRelative(quantity, await actual.data(), golden.data(name), LOGITS);
}
