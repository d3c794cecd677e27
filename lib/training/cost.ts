import type { Architecture } from "../nn/architecture.ts";
import { architectureFor, parameterShapes } from "../nn/network_families.ts";
import type { DatasetDescription } from "../data/dataset.ts";
import { methodNamed } from "../distillation/methods.ts";
import type { RunSpecification } from "./run_specification.ts";

/** The size of images, in pixels */
type ImageSize = Pick<DatasetDescription, "height" | "width">;

/** Counts the floating-point operations of one image's forward pass, two per multiply-add. */
export function forwardFlops(architecture: Architecture, size: ImageSize): number {
  return layerFlops(architecture, size).reduce((sum, value) => sum + value, 0);
}

/** Counts the operations of one image's training pass: three convolutions for each forward one. */
export function trainingFlops(architecture: Architecture, size: ImageSize): number {
  // Training needs no gradient with respect to the images.
  return 3 * forwardFlops(architecture, size) - layerFlops(architecture, size)[0];
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

/** Counts the operations of each convolution and of the linear layer, first to last. */
function layerFlops(architecture: Architecture, { height, width }: ImageSize): number[] {
  return parameterShapes(architecture).filter(({ shape }) => shape.length > 1)
    .map(({ shape, reduction = 1 }) => {
      const positions = shape.length === 2 ? 1 : height * width / reduction ** 2;
      return 2 * positions * shape.reduce((product, extent) => product * extent, 1);
    });
}
