import type { Architecture } from "./architecture.ts";
import type { ImageNetwork } from "./image_network.ts";
import { type Weight, weightToMemory } from "./layout.ts";
import { createNetwork, parameterShapes } from "./network_families.ts";

/**
 * Makes a new network: filters from N(0, 2/(k²·C_out)) (He et al. 2015), batch-norm with γ = 1 and
 * β = 0, and a linear layer uniform in ±1/√(inputs), PyTorch's default. The bias of a wide ResNet's
 * linear layer, `fc`, is zero, as in the common code.
 *
 * @param random numbers in [0, 1); the same numbers give the same network on every backend
 */
export function initialiseResNet(architecture: Architecture, random: () => number): ImageNetwork {
  const weights = new Map<string, Weight>();
  const shapes = parameterShapes(architecture);
  const inputs = shapes.find(({ shape }) => shape.length === 2)!.shape[1];
  for (const { name, shape } of shapes) {
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    if (shape.length === 4) {
      const std = Math.sqrt(2 / (shape[2] * shape[3] * shape[0]));
      for (let i = 0; i < data.length; i++) data[i] = std * standardNormal(random);
    } else if (shape.length === 2 || name === "linear.bias") {
      const limit = 1 / Math.sqrt(inputs);
      for (let i = 0; i < data.length; i++) data[i] = limit * (2 * random() - 1);
    } else if (name.endsWith(".running_var") || name.endsWith(".weight")) {
      data.fill(1);
    }
    weights.set(name, weightToMemory(data, shape));
  }
  return createNetwork(architecture, weights);
}

/**
 * Draws a number from N(0, 1) (Box and Muller 1958), with two numbers of the stream.
 *
 * @param random numbers in [0, 1)
 */
export function standardNormal(random: () => number): number {
  // 1 − u is in (0, 1], where the logarithm is finite.
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
