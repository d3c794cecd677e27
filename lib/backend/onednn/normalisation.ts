import { Argument, DataType, NormalisationFlag, Propagation } from "./constants.ts";
import { channelsLast } from "./memory_layout.ts";
import type { OnednnBackend } from "./onednn_backend.ts";
import type { Primitive } from "./primitive.ts";

/**
 * Prepares batch normalisation by given statistics:
 * `execute(x, gamma, beta, mean, variance, y[, workspace])`. With a ReLU it writes its mask to the
 * workspace.
 *
 * @param shape `[n, h, w, c]`
 * @param type of x and y; the others are float32
 */
export function normalisationForward(
  backend: OnednnBackend,
  shape: number[],
  epsilon: number,
  relu: boolean,
  type: DataType = DataType.f32,
): Primitive {
  const all = flags(relu) | NormalisationFlag.globalStatistics;
  return normalisation(backend, shape, epsilon, all, type);
}

/**
 * Prepares the gradients, for statistics that are those of the batch:
 * `execute(x, dy, gamma, mean, variance, dx, dgamma, dbeta[, workspace])`
 */
export function normalisationBackward(
  backend: OnednnBackend,
  shape: number[],
  epsilon: number,
  relu: boolean,
  type: DataType = DataType.f32,
): Primitive {
  return backend.primitive(`normalisation ${shape} ${type} ${epsilon} ${relu} gradient`, () => {
    const { symbols, engine } = backend.dnnl;
    const { handle } = channelsLast(backend.dnnl, shape, type);
    const { descriptor } = normalisation(backend, shape, epsilon, flags(relu), type);
    return {
      create: (place, attributes) =>
        symbols.dnnl_batch_normalization_backward_primitive_desc_create(
          place,
          engine,
          Propagation.backward,
          handle,
          handle,
          handle,
          epsilon,
          flags(relu),
          descriptor,
          attributes,
        ),
      arguments: [
        Argument.src,
        Argument.diffDst,
        Argument.scale,
        Argument.mean,
        Argument.variance,
        Argument.diffSrc,
        Argument.diffScale,
        Argument.diffShift,
        ...(relu ? [Argument.workspace] : []),
      ],
    };
  });
}

/**
 * Prepares batch normalisation. Without flags it computes the statistics of the batch and the
 * values normalised by them: `execute(x, mean, variance, y)`, with mean and variance as results.
 *
 * @param flags the sum of some values of `NormalisationFlag`
 */
export function normalisation(
  backend: OnednnBackend,
  shape: number[],
  epsilon: number,
  flags: number,
  type: DataType,
): Primitive {
  return backend.primitive(`normalisation ${shape} ${type} ${epsilon} ${flags}`, () => {
    const { symbols, engine } = backend.dnnl;
    const { handle } = channelsLast(backend.dnnl, shape, type);
    return {
      create: (place, attributes) =>
        symbols.dnnl_batch_normalization_forward_primitive_desc_create(
          place,
          engine,
          Propagation.forwardTraining,
          handle,
          handle,
          epsilon,
          flags,
          attributes,
        ),
      arguments: [
        Argument.src,
        ...(flags & NormalisationFlag.scale ? [Argument.scale] : []),
        ...(flags & NormalisationFlag.shift ? [Argument.shift] : []),
        Argument.mean,
        Argument.variance,
        Argument.dst,
        ...(flags & NormalisationFlag.relu ? [Argument.workspace] : []),
      ],
    };
  });
}

function flags(relu: boolean): number {
  return NormalisationFlag.scale | NormalisationFlag.shift | (relu ? NormalisationFlag.relu : 0);
}
