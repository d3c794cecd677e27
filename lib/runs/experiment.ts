import type { Claim } from "./claim.ts";
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
