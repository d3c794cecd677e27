import type { Scale } from "../training/run_specification.ts";

/** A method, with the options that differ from its defaults. */
export interface MethodEntry {
  readonly name: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Its name in tables; the method's name if left out */
  readonly label?: string;
}

/** An evaluation of each finished student, with the options that differ from its defaults. */
export interface EvaluationEntry {
  readonly name: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Runs on one data set: each student with each method, share of the training images and seed. */
export interface RunGrid {
  readonly dataset: string;
  /** Shares of the training images, each in (0, 1]. */
  readonly fractions: readonly number[];
  /** The most test images; null for all. */
  readonly testImages: number | null;
  /** The share of the training images that is held out and takes the place of the test images. */
  readonly validation?: number;
  /** The teacher's network; the teacher is named `<dataset>-<network>`. */
  readonly teacher: string;
  readonly students: readonly string[];
  readonly methods: readonly MethodEntry[];
  readonly seeds: readonly number[];
  /** The settings that differ from the paper's protocol. */
  readonly protocol: Readonly<Record<string, number>>;
  readonly evaluations: readonly EvaluationEntry[];
}

/** A table or figure, as plain data. */
export interface Experiment {
  readonly name: string;
  readonly title: string;
  /** The label of the method that gains are measured against. */
  readonly reference: string;
  /** The table's columns; gains are about the first one. See `measures.ts`. */
  readonly measures: readonly string[];
  /** The statements that its results support or contradict. */
  readonly claims: readonly Claim[];
  /**
   * The paper's known figures for the first measure, in its unit, by student and label; left out if
   * the paper has no such table.
   */
  readonly paper?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly scales: Readonly<Record<Scale, readonly RunGrid[]>>;
}

/** One term of a contrast: the measure that a method reaches. */
interface ContrastTerm {
  /** The method's label in the table */
  readonly method: string;
  readonly sign: 1 | -1;
  /** The share of the training images; if left out, each share is tested separately */
  readonly fraction?: "smallest" | "largest";
}

/** A scientific claim that results can support or contradict. */
export interface Claim {
  /** "BSS beat Hinton's distillation" */
  readonly statement: string;
  /** True if the claim is the paper's; otherwise it is our question. */
  readonly isPapers: boolean;
  /** The measure it is about; the experiment's first one if left out */
  readonly measure?: string;
  /** The terms of a sum that is above 0 if the claim holds */
  readonly contrast: readonly ContrastTerm[];
}

/** Makes the contrast of one method above another. */
export function above(method: string, other: string): readonly ContrastTerm[] {
  return [{ method, sign: 1 }, { method: other, sign: -1 }];
}

/** Makes a claim for each variant in a plan: it is better than the default beside it. */
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

/** Makes the contrast of a method's gain with little data above its gain with much data. */
export function gainGrowsWithLessData(method: string, other: string): readonly ContrastTerm[] {
  return [
    { method, sign: 1, fraction: "smallest" },
    { method: other, sign: -1, fraction: "smallest" },
    { method, sign: -1, fraction: "largest" },
    { method: other, sign: 1, fraction: "largest" },
  ];
}
