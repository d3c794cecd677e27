import * as tf from "@tensorflow/tfjs";
import type { StudentLoss } from "../distillation/method.ts";
import type { Network } from "../nn/network.ts";
import type { Precision } from "../nn/precision.ts";
import { UserError } from "../user_error.ts";

/** The gradients and loss terms of one mini-batch, added up over the student's passes. */
export class GradientAccumulator {
  readonly #student: Network;
  readonly #names: ReadonlyMap<string, string>;
  readonly #variables: tf.Variable[];
  readonly #precision: Precision | undefined;
  readonly #gradients = new Map<string, tf.Tensor>();
  readonly #terms: { readonly name: string; readonly value: tf.Scalar }[] = [];

  /**
   * @param trained the variables of student and method, by name
   * @param precision of the student's passes. Default: float32
   */
  constructor(
    student: Network,
    trained: ReadonlyMap<string, tf.Variable>,
    precision?: Precision,
  ) {
    this.#student = student;
    this.#precision = precision;
    this.#variables = [...trained.values()];
    // TensorFlow.js returns gradients under the variables' internal names.
    this.#names = new Map([...trained].map(([name, variable]) => [variable.name, name]));
  }

  /**
   * Runs the student forward in training mode and backward; adds up the gradients.
   *
   * @param images `[n, h, w, c]`, normalised
   * @returns the student's logits, `[n, classes]`, which the caller disposes of
   * @throws UserError if the loss has no terms, or naming one that is not a float32 scalar
   */
  backward(images: tf.Tensor4D, lossOf: StudentLoss): tf.Tensor2D {
    let logits: tf.Tensor2D | undefined;
    try {
      const loss = () => {
        const mode = { training: true, precision: this.#precision };
        const output = this.#student.forward(images, mode);
        const terms = termsOf(lossOf(output));
        for (const [name, term] of terms) {
          checkScalar(name, term);
          this.#terms.push({ name, value: tf.keep(term) });
        }
        logits = tf.keep(output.logits);
        return tf.addN(terms.map(([, term]) => term)) as tf.Scalar;
      };
      // In a tidy, since variableGrads() leaves its value behind if it throws.
      const { value, grads } = tf.tidy(() => tf.variableGrads(loss, this.#variables));
      value.dispose();
      this.#add(grads);
    } catch (error) {
      logits?.dispose();
      throw String(error).includes("Cannot find a connection between any variable")
        ? new UserError("no term of the loss depends on the student's logits or feature maps")
        : error;
    }
    return logits!;
  }

  #add(grads: tf.NamedTensorMap): void {
    for (const [theirName, gradient] of Object.entries(grads)) {
      if (!gradient) continue;
      const name = this.#names.get(theirName)!;
      const sum = this.#gradients.get(name);
      this.#gradients.set(name, sum ? tf.add(sum, gradient) : gradient);
      if (sum) tf.dispose([sum, gradient]);
    }
  }

  /** The sums of the gradients so far, by the names in `trained`; they stay the accumulator's. */
  get gradients(): ReadonlyMap<string, tf.Tensor> {
    return this.#gradients;
  }

  /** Reads the terms of the loss, and adds up terms of the same name. */
  async losses(): Promise<Map<string, number>> {
    const losses = new Map<string, number>();
    const values = await Promise.all(this.#terms.map(({ value }) => value.data()));
    this.#terms.forEach(({ name }, index) =>
      losses.set(name, (losses.get(name) ?? 0) + values[index][0])
    );
    return losses;
  }

  dispose(): void {
    tf.dispose([...this.#gradients.values(), ...this.#terms.map(({ value }) => value)]);
  }
}

function termsOf(loss: unknown): [string, tf.Scalar][] {
  const isPromise = loss instanceof Promise;
  if (typeof loss !== "object" || loss === null || loss instanceof tf.Tensor || isPromise) {
    throw new UserError(
      "the loss of the student's pass must be terms by name, as in { hint: scalar }" +
        (isPromise ? ", not a promise; it cannot be async" : ""),
    );
  }
  const terms = Object.entries(loss);
  if (terms.length === 0) throw new UserError("the loss of the student's pass has no terms");
  return terms;
}

function checkScalar(name: string, term: unknown): void {
  if (term instanceof tf.Tensor && term.rank === 0 && term.dtype === "float32") return;
  const found = term instanceof tf.Tensor
    ? `a tensor of shape [${term.shape}]${term.dtype === "float32" ? "" : `, ${term.dtype}`}`
    : String(term);
  throw new UserError(
    `the loss term "${name}" is ${found}, but must be a scalar tensor of float32`,
  );
}
