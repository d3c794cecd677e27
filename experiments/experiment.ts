import type { Scale } from "../lib/training/run_specification.ts";

/** A method with the options in which it departs from its defaults. */
export interface MethodEntry {
  readonly name: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** What an experiment runs at one scale: every student with every method and every seed. */
export interface ExperimentScale {
  readonly dataset: string;
  /** Share of the training images, in (0, 1]. */
  readonly fraction: number;
  /** At most so many test images; null for all. */
  readonly testImages: number | null;
  /** The teacher's network; its weights are those of `<dataset>-<network>`. */
  readonly teacher: string;
  readonly students: readonly string[];
  readonly methods: readonly MethodEntry[];
  readonly seeds: readonly number[];
  /** Where it departs from the paper's protocol. */
  readonly protocol: Readonly<Record<string, number>>;
}

/** A table or figure, as plain data. */
export interface Experiment {
  readonly name: string;
  readonly title: string;
  readonly scales: Readonly<Record<Scale, ExperimentScale>>;
}
