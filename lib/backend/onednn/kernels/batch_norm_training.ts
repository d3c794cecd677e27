import { batchStatistics } from "../batch_statistics.ts";
import { Argument } from "../constants.ts";
import { addition, reluGradient } from "../elementwise.ts";
import { isFloat, type Kernel } from "./kernel.ts";
import { normalisationBackward, normalisationForward } from "../normalisation.ts";
import {
  type BatchNormAttributes,
  type BatchNormGradAttributes,
  BatchNormTraining,
  BatchNormTrainingGrad,
} from "../../../nn/fused_kernel.ts";
import { sizeOf } from "../memory_layout.ts";

/**
 * Training batch-norm. A ReLU without a residual is fused into it; its mask for the backward pass,
 * one bit a value, is attached to the output.
 */
export const batchNormTraining: Kernel = {
  kernelName: BatchNormTraining,
  run({ inputs: { x, gamma, beta, residual }, attrs, backend }) {
    if (!isFloat(x, gamma, beta)) return null;
    const { epsilon, relu } = attrs as BatchNormAttributes;
    const fused = relu && residual === undefined;
    const primitive = normalisationForward(backend, x.shape, epsilon, fused);
    const y = backend.output(x.shape);
    const mean = backend.output(gamma.shape);
    const variance = backend.output(gamma.shape);
    batchStatistics(
      backend,
      backend.pointer(x),
      x.shape,
      y.pointer,
      backend.values(mean.info),
      backend.values(variance.info),
    );
    const workspace = fused
      ? backend.arena.allocate(primitive.sizeOf(Argument.workspace))
      : undefined;
    primitive.execute(
      backend.pointer(x),
      backend.pointer(gamma),
      backend.pointer(beta),
      mean.pointer,
      variance.pointer,
      y.pointer,
      ...(workspace ? [workspace.pointer] : []),
    );
    if (workspace) backend.attach(y.info, workspace);
    if (residual) {
      addition(backend, sizeOf(x.shape), relu)
        .execute(y.pointer, backend.pointer(residual), y.pointer);
    }
    return [y.info, mean.info, variance.info];
  },
};

export const batchNormTrainingGrad: Kernel = {
  kernelName: BatchNormTrainingGrad,
  run({ inputs: { dy, x, y, gamma, mean, variance }, attrs, backend }) {
    const { epsilon, relu, residual } = attrs as BatchNormGradAttributes;
    const workspace = backend.attached(y);
    const primitive = normalisationBackward(backend, x.shape, epsilon, workspace !== undefined);
    const dx = backend.output(x.shape);
    const dgamma = backend.output(gamma.shape);
    const dbeta = backend.output(gamma.shape);
    // The gradient of the ReLU's input, for the normalisation and the residual alike.
    const masked = relu && !workspace ? backend.output(x.shape) : undefined;
    if (masked) {
      reluGradient(backend, sizeOf(x.shape))
        .execute(backend.pointer(y), backend.pointer(dy), masked.pointer);
    }
    primitive.execute(
      backend.pointer(x),
      masked?.pointer ?? backend.pointer(dy),
      backend.pointer(gamma),
      backend.pointer(mean),
      backend.pointer(variance),
      dx.pointer,
      dgamma.pointer,
      dbeta.pointer,
      ...(workspace ? [workspace.pointer] : []),
    );
    const outputs = [dx.info, dgamma.info, dbeta.info];
    if (residual) return [...outputs, masked?.info ?? copyOf(dy)];
    if (masked) backend.disposeData(masked.info.dataId);
    return outputs;

    /** Copies a gradient, since one tensor must not be the gradient of two inputs. */
    function copyOf(tensor: typeof dy) {
      const copy = backend.output(tensor.shape);
      backend.values(copy.info).set(backend.values(tensor));
      return copy.info;
    }
  },
};
