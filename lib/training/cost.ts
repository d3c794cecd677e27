import { type Architecture, architectureFor, blocksOf, stageChannels } from "../nn/architecture.ts";
import type { DatasetDescription } from "../data/dataset.ts";
import { methodNamed } from "../distillation/methods.ts";
import type { RunSpecification } from "./run_specification.ts";

/** The size of images, in pixels */
type ImageSize = Pick<DatasetDescription, "height" | "width">;

/** Counts the floating-point operations of one image's forward pass, two per multiply-add. */
export function forwardFlops(architecture: Architecture, size: ImageSize): number {
  const pixels = size.height * size.width;
  const macs = blocksOf(architecture).flatMap((blocks, stage) =>
    blocks.map(({ inChannels, outChannels }) =>
      9 * (inChannels + outChannels) * outChannels * pixels / 4 ** stage
    )
  ).reduce((sum, value) => sum + value, 0);
  const linear = stageChannels(architecture).at(-1)! * architecture.classes;
  return firstConvolution(architecture, size) + 2 * (macs + linear);
}

/** Counts the operations of one image's training pass: three convolutions for each forward one. */
export function trainingFlops(architecture: Architecture, size: ImageSize): number {
  // Training needs no gradient with respect to the images.
  return 3 * forwardFlops(architecture, size) - firstConvolution(architecture, size);
}

/**
 * Estimates the floating-point operations of a whole run, to compare runs and to estimate their time.
 *
 * @param teacherNetwork "resnet26", …
 * @param trainImages the number of training images that the run uses
 */
export function runFlops(
  { student, method: name, options, protocol }: RunSpecification,
  teacherNetwork: string,
  dataset: DatasetDescription,
  trainImages: number,
  testImages: number,
): number {
  const [ofStudent, ofTeacher] = [student, teacherNetwork].map((network) =>
    forwardFlops(architectureFor(network, dataset), dataset)
  );
  const method = methodNamed(name);
  return method.stages(options, protocol.epochs).reduce((sum, stage) => {
    const passes = method.passes(options, protocol.batchSize, stage.name);
    const anImage = passes.student * ofStudent + passes.teacher * ofTeacher;
    const evaluated = testImages / (protocol.evaluateEvery ?? 1);
    return sum + stage.epochs * (trainImages * anImage + evaluated * ofStudent);
  }, 0);
}

function firstConvolution(architecture: Architecture, { height, width }: ImageSize): number {
  return 2 * 9 * architecture.channels * stageChannels(architecture)[0] * height * width;
}
