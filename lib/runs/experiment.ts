import type { RunSpecification, Scale } from "../training/run_specification.ts";

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

/** One term of a contrast: the measure that a method reaches. */
interface ContrastTerm {
  /** The method's label in the table */
  readonly method: string;
  readonly sign: 1 | -1;
  /** The share of the training images, if it is not that of the claim's place */
  readonly fraction?: number;
}

/** The runs that a claim is about. */
export interface ClaimPlace {
  readonly scale: Scale;
  readonly dataset: string;
  readonly student: string;
  readonly fraction: number;
  readonly epochs: number;
  /** Overrides of the experiment's protocol; none if left out */
  readonly setting?: string | null;
}

/** A scientific claim that results can support or contradict, with the plan of its test. */
export interface Claim {
  /** "BSS beat Hinton's distillation" */
  readonly statement: string;
  /** True if the claim is the paper's; otherwise it is our question. */
  readonly isPapers: boolean;
  /** The one experiment that decides it. Others link to it. */
  readonly experiment: string;
  readonly place: ClaimPlace;
  readonly measure: string;
  /** The terms of a sum that is above 0 if the claim holds */
  readonly contrast: readonly ContrastTerm[];
  /** The planned seeds. There is no verdict without all of them, and no other seed counts. */
  readonly seeds: readonly number[];
  /** The claims that p-values are adjusted for. The plan sets its size, not the results so far. */
  readonly family: { readonly name: string; readonly size: number };
  /** The condition that the claim is about, so that pairs differ in it; none if left out */
  readonly compares?: "precision";
  /** The largest difference that counts as none, in the measure's unit; null for no such limit */
  readonly margin: number | null;
}

/** Gives the largest difference that counts as none: half a point of accuracy. */
export function marginOf(measure: string): number | null {
  return ["test_accuracy", "test_top5_accuracy"].includes(measure) ? 0.5 : null;
}

/** Makes the contrast of one method above another. */
export function above(method: string, other: string): readonly ContrastTerm[] {
  return [{ method, sign: 1 }, { method: other, sign: -1 }];
}

/** Makes the contrast of a method's gain with little data above its gain with much data. */
export function gainGrowsWithLessData(
  method: string,
  other: string,
  [little, much]: readonly [little: number, much: number],
): readonly ContrastTerm[] {
  return [
    { method, sign: 1, fraction: little },
    { method: other, sign: -1, fraction: little },
    { method, sign: -1, fraction: much },
    { method: other, sign: 1, fraction: much },
  ];
}

/** The part of a planned run that a claim about a variant needs. */
interface VariantRun {
  readonly label: string;
  /** The label of the default that it is compared with */
  readonly variantOf: string | null;
  readonly setting: string | null;
  readonly specification: RunSpecification;
}

/** Lists an experiment's claims at a scale, and one for each variant in a plan. */
export function claimsAt(
  experiment: Experiment,
  scale: Scale,
  plan: readonly VariantRun[],
): Claim[] {
  const listed = experiment.claims.filter(({ place }) => place.scale === scale);
  return [...listed, ...variantClaims(experiment, plan)];
}

/**
 * Makes a claim for each variant in a plan and each place: it is better than the default beside it.
 * The plan's seeds are the planned ones, and all these claims are one family.
 */
export function variantClaims(
  { name, measures: [measure] }: Pick<Experiment, "name" | "measures">,
  plan: readonly VariantRun[],
): Claim[] {
  const variants = Map.groupBy(
    plan.filter(({ variantOf }) => variantOf !== null),
    (run) => JSON.stringify([run.label, placeOf(run)]),
  );
  return [...variants.values()].map((runs) => {
    const [{ label, variantOf }] = runs;
    return {
      statement: `${label} is better than ${variantOf}`,
      isPapers: false,
      experiment: name,
      place: placeOf(runs[0]),
      measure,
      contrast: above(label, variantOf!),
      seeds: [...new Set(runs.map(({ specification }) => specification.seed))],
      family: { name: "variants", size: variants.size },
      margin: marginOf(measure),
    };
  });
}

function placeOf({ setting, specification }: VariantRun): ClaimPlace {
  const { scale, dataset, student, protocol } = specification;
  return {
    scale,
    dataset: dataset.name,
    student,
    fraction: dataset.fraction,
    epochs: protocol.epochs,
    setting,
  };
}
