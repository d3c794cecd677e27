import { blocksOf, parseDepth, STAGE_CHANNELS } from "../nn/architecture.ts";
import { methodNamed } from "../distillation/methods.ts";
import type { RunSpecification } from "./run_specification.ts";

/** Side of the images of the data sets in use; only estimates depend on it. */
const SIDE = 32;

/** Operations of the first convolution, whose gradient with respect to the images nobody needs. */
const FIRST_CONVOLUTION = 2 * 9 * 3 * STAGE_CHANNELS[0] * SIDE ** 2;

/** Floating-point operations of one image's forward pass, two a multiply-add. */
export function forwardFlops(network: string): number {
  const macs = blocksOf({ depth: parseDepth(network), channels: 3, classes: 10 }).flatMap((
    blocks,
    stage,
  ) =>
    blocks.map(({ inChannels, outChannels }) =>
      9 * (inChannels + outChannels) * outChannels * (SIDE >> stage) ** 2
    )
  ).reduce((sum, value) => sum + value, 0);
  return FIRST_CONVOLUTION + 2 * macs;
}

/** The same of a pass forward and backward to the weights: three convolutions for each one forward. */
export function trainingFlops(network: string): number {
  return 3 * forwardFlops(network) - FIRST_CONVOLUTION;
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
  trainImages: number,
  testImages: number,
): number {
  const method = methodNamed(name);
  const passes = method.passes(options as never, protocol.batchSize);
  const epochs = method.stages(options as never, protocol.epochs)
    .reduce((sum, stage) => sum + stage.epochs, 0);
  const anImage = passes.student * forwardFlops(student) +
    passes.teacher * forwardFlops(teacherNetwork);
  return epochs * (trainImages * anImage + testImages * forwardFlops(student));
}
