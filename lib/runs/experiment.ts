import type { Scale } from "../training/run_specification.ts";

/** A method with the options in which it departs from its defaults. */
export interface MethodEntry {
  readonly name: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** What tables call it; its name if left out */
  readonly label?: string;
}

/** What is measured of each finished student, with the options in which that departs from its defaults. */
export interface EvaluationEntry {
  readonly name: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Runs on one data set: every student with every method, share of the training images and seed. */
export interface RunGrid {
  readonly dataset: string;
  /** Shares of the training images, each in (0, 1]. */
  readonly fractions: readonly number[];
  /** At most so many test images; null for all. */
  readonly testImages: number | null;
  /** The teacher's network; its weights are those of `<dataset>-<network>`. */
  readonly teacher: string;
  readonly students: readonly string[];
  readonly methods: readonly MethodEntry[];
  readonly seeds: readonly number[];
  /** Where it departs from the paper's protocol. */
  readonly protocol: Readonly<Record<string, number>>;
  readonly evaluations: readonly EvaluationEntry[];
}

/** A table or figure, as plain data. */
export interface Experiment {
  readonly name: string;
  readonly title: string;
  /** What gains are measured against, by its label in the table. */
  readonly reference: string;
  /** Which columns its table shows, the one that gains are about first; see `measures.ts`. */
  readonly measures: readonly string[];
  /** What its results can speak for or against. */
  readonly claims: readonly Claim[];
  /**
   * The paper's figures for the first measure, in its unit, by student and label in the table, as far as they
   * are known here; left out where the paper has no such table
   */
  readonly paper?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly scales: Readonly<Record<Scale, readonly RunGrid[]>>;
}

/** What a method reaches: one term of a contrast. */
interface ContrastTerm {
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
