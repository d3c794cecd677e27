import { isFloat, type Kernel } from "./kernel.ts";
import { MovingAverage, type MovingAverageAttributes } from "../../../nn/moving_average.ts";

/** The moving average as a plain loop: there is only a value for each channel. */
export const movingAverage: Kernel = {
  kernelName: MovingAverage,
  run({ inputs: { average, value }, attrs, backend }) {
    if (!isFloat(average, value)) return null;
    const { momentum, factor } = attrs as MovingAverageAttributes;
    const [before, now] = [backend.values(average), backend.values(value)];
    const output = backend.output(average.shape);
    const after = backend.values(output.info);
    for (let i = 0; i < before.length; i++) {
      after[i] = before[i] * (1 - momentum) + now[i] * factor * momentum;
    }
    return output.info;
  },
};
