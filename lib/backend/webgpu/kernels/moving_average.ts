import * as tf from "@tensorflow/tfjs";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { MovingAverage, type MovingAverageAttributes } from "../../../nn/moving_average.ts";
import { runElementwise } from "../run_shader.ts";

/** The moving average as one shader instead of three. */
export const movingAverage: tf.KernelConfig = {
  kernelName: MovingAverage,
  backendName: "webgpu",
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { average, value } = inputs as tf.NamedTensorMap;
    const { momentum, factor } = attrs as unknown as MovingAverageAttributes;
    return runElementwise(backend as WebGPUBackend, {
      key: "movingAverage",
      inputs: { average, value },
      factors: { kept: 1 - momentum, added: factor * momentum },
      expression: "average[at] * uniforms.kept + value[at] * uniforms.added",
    });
  },
};
