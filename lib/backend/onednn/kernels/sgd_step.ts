import { isFloat, type Kernel } from "./kernel.ts";
import { type SgdAttributes, SgdStep } from "../../../nn/fused_kernel.ts";

/**
 * The optimizer's step as one plain loop: there are few parameters, and as six operations a
 * variable most of the time would go into the calls.
 */
export const sgdStep: Kernel = {
  kernelName: SgdStep,
  run({ inputs: { variable, gradient, velocity }, attrs, backend }) {
    if (!isFloat(variable, gradient, velocity)) return null;
    const { momentum, weightDecay, learningRate } = attrs as SgdAttributes;
    const [w, g, v] = [variable, gradient, velocity].map((tensor) => backend.values(tensor));
    const outputs = [backend.output(variable.shape), backend.output(velocity.shape)];
    const [newW, newV] = outputs.map(({ info }) => backend.values(info));
    for (let i = 0; i < w.length; i++) {
      const moved = Math.fround(momentum * v[i] + (g[i] + weightDecay * w[i]));
      newV[i] = moved;
      newW[i] = w[i] - learningRate * moved;
    }
    return outputs.map(({ info }) => info);
  },
};
