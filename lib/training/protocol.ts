import { PRECISIONS } from "../nn/precision.ts";
import { integer, number, oneOf, type Options, tacit } from "../options.ts";

/** The options of training, with the values of the published code as defaults. */
export const protocolOptions = {
  /** The epochs of the last stage; a method's first stage adds its own */
  epochs: integer(80, { min: 1, max: 10_000 }),
  batchSize: integer(256, { min: 1 }),
  learningRate: number(0.1, { above: 0 }),
  momentum: number(0.9, { min: 0, max: 1 }),
  weightDecay: number(1e-4, { min: 0 }),
  /** "bf16": feature maps and convolutions in bfloat16; sums, weights, statistics and loss in float32 */
  studentPrecision: tacit(oneOf("f32", PRECISIONS)),
  /** The student is tested after every n-th epoch, counted over all stages, and after the last */
  evaluateEvery: tacit(integer(1, { min: 1, max: 10_000 })),
};

export type Protocol = Options<typeof protocolOptions>;

/** Tells whether epoch 1 … `epochs`, counted over all stages, ends with an evaluation. */
export function isEvaluated(
  { evaluateEvery = 1 }: Protocol,
  epoch: number,
  epochs: number,
): boolean {
  return epoch === epochs || epoch % evaluateEvery === 0;
}

/**
 * Computes the learning rate of epoch e = 1 … E: a tenth from E/2 on, a hundredth from 3E/4 on. So one
 * or two epochs never have the full rate; the published code, made for 80, would give it to the first.
 */
export function learningRateAt(protocol: Protocol, epoch: number, epochs: number): number {
  const drops = (epoch >= epochs / 2 ? 1 : 0) + (epoch >= 3 * epochs / 4 ? 1 : 0);
  return protocol.learningRate / 10 ** drops;
}
