import type { RunSpecification, Scale } from "../training/run_specification.ts";

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
  /**
   * Overrides of the experiment's protocol, null for none. If left out, those that a place names itself
   * and precision are left open.
   */
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

/** The part of an experiment that its claims need. */
interface ClaimingExperiment {
  readonly name: string;
  readonly measures: readonly string[];
  readonly claims: readonly Claim[];
}

/** Lists an experiment's claims at a scale, and one for each variant in a plan. */
export function claimsAt(
  experiment: ClaimingExperiment,
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
  { name, measures: [measure] }: Pick<ClaimingExperiment, "name" | "measures">,
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

/** A statement about test accuracy, or another measure, tested in one or several places. */
export interface Question
  extends Pick<Claim, "statement" | "isPapers" | "contrast" | "measure" | "compares"> {
  readonly trials: readonly Trial[];
}

/** A place where a question is asked, with the plan of its test. */
export interface Trial extends ClaimPlace {
  /** The number of seeds: 1, 2, … */
  readonly seeds: number;
  /** The name of its family; the experiment's own family if left out */
  readonly family?: string;
  /** The experiments that link to it */
  readonly alsoIn?: readonly string[];
}

/** A claim, and the other experiments that show it as a link. */
interface ListedClaim {
  readonly claim: Claim;
  readonly alsoIn: readonly string[];
}

/** Lists the claims of all questions, by experiment, with the sizes of their families. */
export function listClaims(
  questions: Readonly<Record<string, readonly Question[]>>,
): readonly ListedClaim[] {
  return withFamilySizes(
    Object.entries(questions).flatMap(([experiment, asked]) =>
      asked.flatMap(({ trials, ...question }) =>
        trials.map(({ seeds, family, alsoIn = [], ...place }) => ({
          claim: {
            ...question,
            experiment,
            place,
            seeds: Array.from({ length: seeds }, (_, index) => index + 1),
            family: { name: family ?? familyOf(experiment, place), size: 0 },
            margin: marginOf(question.measure),
          },
          alsoIn,
        }))
      )
    ),
  );
}

function familyOf(experiment: string, { scale }: ClaimPlace): string {
  return scale === "paper" ? experiment : `${experiment}, ${scale}`;
}

function withFamilySizes(claims: readonly ListedClaim[]): ListedClaim[] {
  const families = Map.groupBy(claims, ({ claim }) => claim.family.name);
  return claims.map(({ claim, alsoIn }) => {
    const { name } = claim.family;
    return { claim: { ...claim, family: { name, size: families.get(name)!.length } }, alsoIn };
  });
}
