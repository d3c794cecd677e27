import * as tf from "@tensorflow/tfjs";
import { resolveMethodOptions, type Stage } from "../../lib/distillation/method.ts";
import { methodNamed } from "../../lib/distillation/methods.ts";
import type { FrozenNetwork } from "../../lib/nn/frozen_classifier.ts";
import type { NetworkOutput } from "../../lib/nn/network.ts";
import type { ImageNetwork } from "../../lib/nn/image_network.ts";
import { resolveOptions } from "../../lib/options.ts";
import { type EpochRow, EpochSummary } from "../../lib/training/epoch_row.ts";
import { initialState, type TrainingState } from "../../lib/training/state.ts";
import { protocolOptions } from "../../lib/training/protocol.ts";
import { RandomStreams } from "../../lib/training/random_streams.ts";
import { trainStep } from "../../lib/training/step.ts";
import { testClassifier, testImages, testNetwork, TINY } from "../networks.ts";
import { valuesOf } from "../values_of.ts";

/** Each class twice. Student and teacher are both correct only on the third image. */
const LABELS = Int32Array.of(0, 1, 3, 2, 0, 1, 2, 3);

/** Makes a teacher that is deeper than the students. */
export const testTeacher = () => testClassifier({ ...TINY, depth: 14 }, "teacher 3");

export const testStudent = () => testNetwork(TINY, "student 3");

/** Makes the initial state of a method's training; the caller disposes of it. */
export function stateFor(
  name: string,
  teacher: FrozenNetwork,
  student = testStudent(),
): TrainingState<ImageNetwork> {
  const method = methodNamed(name);
  const options = resolveMethodOptions(method);
  const protocol = resolveOptions("protocol", protocolOptions);
  const random = new RandomStreams(1).stream("init");
  return initialState({ method, options, protocol }, {
    student,
    teacher,
    trainingLabels: LABELS,
    random,
  });
}

/** The result of one step. */
export interface StepOutcome {
  /** Each term of the loss by its name */
  readonly losses: Readonly<Record<string, number>>;
  readonly row: EpochRow;
  /** The gradients that the optimizer got, by the name of the variable */
  readonly gradients: ReadonlyMap<string, readonly number[]>;
}

/** Takes one step in an epoch of a stage, always on the same images and labels. */
export async function oneStep(
  name: string,
  { state, teacher, stage, epoch = 1, options = {} }: {
    readonly state: TrainingState<ImageNetwork>;
    readonly teacher: FrozenNetwork;
    readonly stage: Stage;
    readonly epoch?: number;
    readonly options?: Readonly<Record<string, unknown>>;
  },
): Promise<StepOutcome> {
  const method = methodNamed(name);
  const copies = new Map<string, tf.Tensor>();
  const apply = state.optimizer.apply.bind(state.optimizer);
  state.optimizer.apply = (variables, given, learningRate) => {
    for (const [variable, gradient] of given) copies.set(variable, tf.clone(gradient));
    apply(variables, given, learningRate);
  };
  const summary = new EpochSummary();
  await trainStep(
    {
      teacher,
      method,
      state,
      stage,
      epoch,
      normalisation: { mean: [0.5], std: [0.25] },
      trainingLabels: LABELS,
      teacherCache: null,
      options: resolveMethodOptions(method, options),
      streams: new RandomStreams(1, epoch),
    },
    {
      images: testImages(LABELS.length),
      labels: tf.tensor1d(LABELS, "int32"),
      labelValues: LABELS,
      indices: Int32Array.from(LABELS.keys()),
      imageNumbers: Float64Array.from(LABELS),
    },
    0.01,
    summary,
  );
  state.optimizer.apply = apply;
  const gradients = new Map<string, number[]>();
  for (const [variable, copy] of copies) gradients.set(variable, await valuesOf(() => copy));
  const row = summary.row({});
  const losses = Object.entries(row).filter(([column]) => column.startsWith("loss_"))
    .map(([column, value]) => [column.slice("loss_".length), Number(value)]);
  return { losses: Object.fromEntries(losses), row, gradients };
}

/** Gives the terms of the loss of a method's first step, with an untrained student. */
export async function lossesOf(
  name: string,
  stage: Stage,
  { epoch = 1, options = {} }: { epoch?: number; options?: Readonly<Record<string, unknown>> } = {},
): Promise<Readonly<Record<string, number>>> {
  const teacher = testTeacher();
  const state = stateFor(name, teacher);
  try {
    return (await oneStep(name, { state, teacher, stage, epoch, options })).losses;
  } finally {
    state.dispose();
    teacher.dispose();
  }
}

/** Computes a number from the outputs that the step of `lossesOf` sees. */
export async function computedFrom(
  loss: (
    outputs: { student: NetworkOutput; teacher: NetworkOutput; labels: tf.Tensor1D },
  ) => tf.Scalar,
): Promise<number> {
  const teacher = testTeacher();
  const student = testStudent();
  const [value] = await valuesOf(() => {
    const images = testImages(LABELS.length);
    const outputs = { student: student.forward(images, { training: true }) };
    const taught = teacher.forward(images);
    const result = loss({ ...outputs, teacher: taught, labels: tf.tensor1d(LABELS, "int32") });
    tf.dispose([taught.logits, ...taught.features]);
    return result;
  });
  student.dispose();
  teacher.dispose();
  return value;
}
