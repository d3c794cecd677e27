import { isFloat, type Kernel } from "./kernel.ts";
import { CrossEntropy, type CrossEntropyAttributes } from "../../../nn/fused_kernel.ts";

/**
 * The cross-entropy as a plain loop in float64: there are few logits, and as a dozen operations
 * most of the time would go into the calls.
 */
export const crossEntropy: Kernel = {
  kernelName: CrossEntropy,
  run({ inputs: { targets, logits }, attrs, backend }) {
    if (!isFloat(logits)) return null;
    const { temperature } = attrs as CrossEntropyAttributes;
    const [count, classes] = logits.shape;
    const [p, z] = [backend.values(targets), backend.values(logits)];
    const loss = backend.output([]);
    const gradient = backend.output(logits.shape);
    const dz = backend.values(gradient.info);
    let total = 0;
    for (let row = 0; row < z.length; row += classes) {
      let max = -Infinity;
      for (let c = 0; c < classes; c++) max = Math.max(max, z[row + c]);
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += Math.exp((z[row + c] - max) / temperature);
      const logSum = Math.log(sum);
      for (let c = 0; c < classes; c++) {
        const logSoftmax = (z[row + c] - max) / temperature - logSum;
        total -= p[row + c] * logSoftmax;
        dz[row + c] = (Math.exp(logSoftmax) - p[row + c]) / (temperature * count);
      }
    }
    backend.values(loss.info)[0] = total / count;
    return [loss.info, gradient.info];
  },
};
