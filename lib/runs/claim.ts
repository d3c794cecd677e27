/** What a method reaches: one term of a contrast. */
export interface ContrastTerm {
  /** Its label in the table */
  readonly method: string;
  readonly sign: 1 | -1;
  /** At which share of the training images; left out, each share is looked at by itself */
  readonly fraction?: "smallest" | "largest";
}

/** Something that results can speak for or against. */
export interface Claim {
  /** "BSS beat Hinton's distillation" */
  readonly statement: string;
  /** Whether the paper says so; if not, it is a question of ours. */
  readonly isPapers: boolean;
  /** Which figure it is about; the experiment's first measure if left out */
  readonly measure?: string;
  /** The sum that is above 0 if the claim holds */
  readonly contrast: readonly ContrastTerm[];
}

/** That one method is above another. */
export function above(method: string, other: string): readonly ContrastTerm[] {
  return [{ method, sign: 1 }, { method: other, sign: -1 }];
}

/** For every variant in a plan the question whether it is better than the default that stands beside it. */
export function variantClaims(
  plan: readonly { readonly label: string; readonly variantOf: string | null }[],
): Claim[] {
  const defaults = new Map(plan.map(({ label, variantOf }) => [label, variantOf]));
  return [...defaults].flatMap(([label, other]) =>
    other === null ? [] : [{
      statement: `${label} is better than ${other}`,
      isPapers: false,
      contrast: above(label, other),
    }]
  );
}

/** That a method's gain over another is larger with little data than with much. */
export function gainGrowsWithLessData(method: string, other: string): readonly ContrastTerm[] {
  return [
    { method, sign: 1, fraction: "smallest" },
    { method: other, sign: -1, fraction: "smallest" },
    { method, sign: -1, fraction: "largest" },
    { method: other, sign: 1, fraction: "largest" },
  ];
}
