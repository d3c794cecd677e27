import type { Claim } from "./claim.ts";
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
  readonly protocol: Readonly<Record<string, unknown>>;
  readonly evaluations: readonly EvaluationEntry[];
  /** True if the options fit this data set alone, so that no other may take its place */
  readonly isForDataset?: boolean;
}

/** A table or figure, as plain data. */
export interface Experiment {
  readonly name: string;
  readonly title: string;
  /** The label of the method that gains are measured against. */
  readonly reference: string;
  /** The table's columns; gains are about the first one. See `measures.ts`. */
  readonly measures: readonly string[];
  /** The claims that it decides, and claims of other experiments that it links to. */
  readonly claims: readonly Claim[];
  /**
   * The paper's known figures for the first measure, in its unit, by student and label; left out if
   * the paper has no such table.
   */
  readonly paper?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly scales: Readonly<Record<Scale, readonly RunGrid[]>>;
}
