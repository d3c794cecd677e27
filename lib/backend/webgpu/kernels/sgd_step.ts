import * as tf from "@tensorflow/tfjs";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { type SgdAttributes, SgdStep } from "../../../nn/fused_kernel.ts";
import { runElementwise } from "../run_shader.ts";

/**
 * The optimizer's step as two shaders a variable instead of six. The time of a small network's step
 * depends on the number of shaders: with this kernel and `MovingAverage`, a training step of ten
 * small images on a software driver took 177 ms instead of 288.
 */
export const sgdStep: tf.KernelConfig = {
  kernelName: SgdStep,
  backendName: "webgpu",
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { variable, gradient, velocity } = inputs as tf.NamedTensorMap;
    const { momentum, weightDecay, learningRate } = attrs as unknown as SgdAttributes;
    const newVelocity = runElementwise(backend as WebGPUBackend, {
      key: "sgdVelocity",
      inputs: { variable, gradient, velocity },
      factors: { momentum, weightDecay },
      expression:
        "uniforms.momentum * velocity[at] + (gradient[at] + uniforms.weightDecay * variable[at])",
    });
    const newVariable = runElementwise(backend as WebGPUBackend, {
      key: "sgdVariable",
      inputs: { variable, newVelocity },
      factors: { learningRate },
      expression: "variable[at] - uniforms.learningRate * newVelocity[at]",
    });
    return [newVariable, newVelocity];
  },
};
