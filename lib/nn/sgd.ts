import * as tf from "@tensorflow/tfjs";

/** Options of `Sgd`. */
export interface SgdOptions {
  readonly momentum: number;
  readonly weightDecay: number;
}

/**
 * Stochastic gradient descent as PyTorch has it: `v ← μ·v + (g + λ·w)`, `w ← w − η·v`, without
 * Nesterov's correction. TensorFlow.js's own momentum optimizer knows no weight decay.
 */
export class Sgd {
  readonly #options: SgdOptions;
  readonly #velocity = new Map<string, tf.Variable>();

  constructor(options: SgdOptions) {
    this.#options = options;
  }

  /**
   * One step. A variable without a gradient is left alone, its weight decay included.
   *
   * @param gradients by the name under which `variables` lists the variable
   */
  apply(
    variables: ReadonlyMap<string, tf.Variable>,
    gradients: ReadonlyMap<string, tf.Tensor>,
    learningRate: number,
  ): void {
    const { momentum, weightDecay } = this.#options;
    for (const [name, gradient] of gradients) {
      const variable = variables.get(name)!;
      tf.tidy(() => {
        const velocity = this.#velocityOf(name, variable);
        const decayed = tf.add(gradient, tf.mul(variable, weightDecay));
        velocity.assign(tf.add(tf.mul(velocity, momentum), decayed));
        variable.assign(tf.sub(variable, tf.mul(velocity, learningRate)));
      });
    }
  }

  /** Forgets the momentum, as the published code does at each change of the learning rate. */
  reset(): void {
    for (const velocity of this.#velocity.values()) velocity.dispose();
    this.#velocity.clear();
  }

  /** The momentum buffers, for a checkpoint. */
  state(): ReadonlyMap<string, tf.Variable> {
    return this.#velocity;
  }

  /** Takes over the momentum buffers of a checkpoint. */
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
