import * as tf from "@tensorflow/tfjs";
import { hasFusedKernel, runFusedKernel, type SgdAttributes, SgdStep } from "./fused_kernel.ts";

/** Options of `Sgd`. */
export interface SgdOptions {
  readonly momentum: number;
  readonly weightDecay: number;
}

/**
 * Stochastic gradient descent as in PyTorch: `v ← μ·v + (g + λ·w)`, `w ← w − η·v`, without
 * Nesterov's correction. TensorFlow.js's own momentum optimizer has no weight decay.
 */
export class Sgd {
  readonly #options: SgdOptions;
  readonly #velocity = new Map<string, tf.Variable>();

  constructor(options: SgdOptions) {
    this.#options = options;
  }

  /**
   * Takes one step. It skips variables without a gradient, weight decay included.
   *
   * @param gradients by the names in `variables`
   */
  apply(
    variables: ReadonlyMap<string, tf.Variable>,
    gradients: ReadonlyMap<string, tf.Tensor>,
    learningRate: number,
  ): void {
    const attributes = { ...this.#options, learningRate };
    const step = hasFusedKernel(SgdStep) ? fusedStep : composedStep;
    for (const [name, gradient] of gradients) {
      const variable = variables.get(name)!;
      tf.tidy(() => {
        const velocity = this.#velocityOf(name, variable);
        const [newVariable, newVelocity] = step(variable, gradient, velocity, attributes);
        variable.assign(newVariable);
        velocity.assign(newVelocity);
      });
    }
  }

  /** Forgets the momentum, as the published code does at each change of the learning rate. */
  reset(): void {
    for (const velocity of this.#velocity.values()) velocity.dispose();
    this.#velocity.clear();
  }

  /** Returns the momentum buffers, for a checkpoint. */
  state(): ReadonlyMap<string, tf.Variable> {
    return this.#velocity;
  }

  /** Copies the momentum buffers from a checkpoint. */
  restore(state: ReadonlyMap<string, tf.Tensor>): void {
    this.reset();
    for (const [name, value] of state) {
      this.#velocity.set(name, tf.tidy(() => tf.variable(value, false)));
    }
  }

  #velocityOf(name: string, like: tf.Variable): tf.Variable {
    let velocity = this.#velocity.get(name);
    if (!velocity) {
      velocity = tf.variable(tf.zerosLike(like), false);
      this.#velocity.set(name, velocity);
    }
    return velocity;
  }
}

type Step = (
  variable: tf.Tensor,
  gradient: tf.Tensor,
  velocity: tf.Tensor,
  attributes: SgdAttributes,
) => [variable: tf.Tensor, velocity: tf.Tensor];

const composedStep: Step = (variable, gradient, velocity, attributes) => {
  const { momentum, weightDecay, learningRate } = attributes;
  const decayed = tf.add(gradient, tf.mul(variable, weightDecay));
  const newVelocity = tf.add(tf.mul(velocity, momentum), decayed);
  return [tf.sub(variable, tf.mul(newVelocity, learningRate)), newVelocity];
};

const fusedStep: Step = (variable, gradient, velocity, attributes) =>
  runFusedKernel(SgdStep, { variable, gradient, velocity }, attributes);
