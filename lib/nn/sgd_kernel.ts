/**
 * The contract between `Sgd` and a backend that serves its step with one kernel: inputs variable,
 * gradient, velocity, all of one shape; attributes as `SgdAttributes`; outputs the new variable and the
 * new velocity.
 */
export const SgdStep = "SgdStep";

export interface SgdAttributes {
  readonly momentum: number;
  readonly weightDecay: number;
  readonly learningRate: number;
}
