/**
 * The contract with a backend that serves the cross-entropy by one kernel: inputs targets
 * (probabilities, or int32 for classes that are known) and logits, both `[n, classes]`; attribute `temperature`; outputs the loss, a scalar,
 * and its gradient with respect to the logits.
 */
export const CrossEntropy = "CrossEntropy";

export interface CrossEntropyAttributes {
  readonly temperature: number;
}
