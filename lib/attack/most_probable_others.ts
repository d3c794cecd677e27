/** For each row of logits the classes other than its label, those with the largest logits first. */
export function mostProbableOthers(
  logits: ArrayLike<number>,
  classes: number,
  labels: ArrayLike<number>,
): number[][] {
  return Array.from({ length: logits.length / classes }, (_, row) => {
    const logit = (k: number) => logits[row * classes + k];
    return Array.from({ length: classes }, (_, k) => k)
      .filter((k) => k !== labels[row])
      .sort((a, b) => logit(b) - logit(a));
  });
}
