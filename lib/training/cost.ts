import { type Architecture, architectureFor, blocksOf, stageChannels } from "../nn/architecture.ts";
import type { DatasetDescription } from "../data/dataset.ts";
import { methodNamed } from "../distillation/methods.ts";
import type { RunSpecification } from "./run_specification.ts";

/** Of images. */
export type ImageSize = Pick<DatasetDescription, "height" | "width">;

/** Floating-point operations of one image's forward pass, two a multiply-add. */
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

/** The same of a pass forward and backward to the weights: three convolutions for each one forward. */
export function trainingFlops(architecture: Architecture, size: ImageSize): number {
  // Nobody needs the gradient of the first convolution with respect to the images.
  return 3 * forwardFlops(architecture, size) - firstConvolution(architecture, size);
}

function firstConvolution(architecture: Architecture, { height, width }: ImageSize): number {
  return 2 * 9 * architecture.channels * stageChannels(architecture)[0] * height * width;
}

/**
 * Roughly the floating-point operations of a whole run, to weigh runs against each other and to
 * estimate their time.
 *
 * @param teacherNetwork "resnet26", …
 * @param trainImages how many there are after the fraction was taken
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
    return sum + stage.epochs * (trainImages * anImage + testImages * ofStudent);
  }, 0);
}
