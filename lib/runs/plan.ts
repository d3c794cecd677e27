import { checkExperiment, checkLabels } from "./check_experiment.ts";
import type { Experiment, MethodEntry, RunGrid } from "./experiment.ts";
import {
  attackOf,
  checkBaseSamples,
  checkOverridesUsed,
  labelOf,
  makesSamples,
  type Overrides,
  PROTOCOL,
  protocolText,
  withOverrides,
} from "./overrides.ts";
import { plannedEvaluation, type PlannedRun } from "./planned_run.ts";
import { type Dataset, type DatasetDescription, describeDataset } from "../data/dataset.ts";
import { dataSourceNamed } from "../data/load_dataset.ts";
import { subsetSize } from "../data/stratified_subset.ts";
import { resolveMethodOptions } from "../distillation/method.ts";
import { methodNamed } from "../distillation/methods.ts";
import { parseNetwork } from "../nn/network_families.ts";
import type { Precision } from "../nn/precision.ts";
import { resolveOptions } from "../options.ts";
import { runFlops } from "../training/cost.ts";
import { protocolOptions } from "../training/protocol.ts";
import {
  canonicalJson,
  identityOf,
  imageCounts,
  runName,
  type RunSpecification,
  type Scale,
  SCALES,
} from "../training/run_specification.ts";
import type { TeacherFile } from "../teacher/find.ts";
import { UserError } from "../user_error.ts";

/** Changes to an experiment's own lists, from a command line or a notebook. */
export interface PlanChoices {
  readonly scale: Scale;
  readonly dataset?: string;
  /** Shares of the training images */
  readonly fractions?: readonly number[];
  readonly students?: readonly string[];
  readonly methods?: readonly string[];
  readonly seeds?: readonly number[];
  /**
   * The attack that makes the samples. It replaces each method's own; in an experiment about
   * several attacks it picks one of them.
   */
  readonly attack?: string;
  /** Options of methods and of "protocol", instead of the experiment's */
  readonly set?: Overrides;
  /** True to also plan the default of each method that `set` or `attack` changes */
  readonly beside?: boolean;
  /** The teacher's number format; float32 if left out. */
  readonly teacherPrecision?: Precision;
}

/** The data sets and teachers that experiments name. */
export interface PlanSources {
  dataset(name: string): Promise<DatasetDescription>;
  /** Without a network, the best teacher for the data set. */
  teacher(dataset: string, network?: string): Promise<TeacherFile>;
}

/**
 * Plans the runs of an experiment at a scale, in the order of its table, each once.
 *
 * @throws UserError for a faulty experiment, an unknown data set, student, method or option, or if
 *   `beside` is set and no method is changed
 */
export async function planRuns(
  experiment: Experiment,
  choices: PlanChoices,
  sources: PlanSources,
): Promise<PlannedRun[]> {
  checkExperiment(experiment);
  const runs: PlannedRun[] = [];
  for (const grid of chosenGrids(experiment, choices)) {
    runs.push(...await planGrid(experiment, grid, choices, sources));
  }
  if (choices.beside && runs.every(({ variantOf }) => variantOf === null)) {
    throw new UserError(
      `no method of ${experiment.name} is changed, so there is no default to show beside it; change an ` +
        `option, as in --set bss.eta=2`,
    );
  }
  checkLabels(experiment, runs);
  return [...Map.groupBy(runs, ({ name }) => name).values()].map(([first]) => first);
}

/** @throws UserError for options that are set for a method of none of the experiments */
export function checkSetUsed(experiments: readonly Experiment[], choices: PlanChoices): void {
  const grids = experiments.flatMap((experiment) => chosenGrids(experiment, choices));
  checkOverridesUsed(choices.set ?? {}, grids.flatMap(({ methods }) => methods));
}

/** Applies choices to an experiment's grids. If no grid has the data set, puts all grids on it. */
function chosenGrids(experiment: Experiment, choices: PlanChoices): RunGrid[] {
  const { scale, dataset, fractions, students, methods, seeds, attack } = choices;
  // A notebook's parameter may be anything.
  if (!Object.hasOwn(experiment.scales, scale)) {
    throw new UserError(`there is no scale "${scale}"; choose from ${SCALES.join(", ")}`);
  }
  const all = experiment.scales[scale];
  const onIt = all.filter((grid) => dataset === undefined || grid.dataset === dataset);
  const bound = all.find(({ isForDataset }) => isForDataset);
  if (onIt.length === 0 && bound) {
    throw new UserError(
      `the options of ${experiment.name} at the scale "${scale}" fit ${bound.dataset} alone; leave out ` +
        `the data set "${dataset}"`,
    );
  }
  return (onIt.length > 0 ? onIt : all).map((grid) => ({
    ...grid,
    dataset: dataset ?? grid.dataset,
    fractions: fractions ?? grid.fractions,
    students: students ?? grid.students,
    seeds: seeds ?? grid.seeds,
    methods: withAttack(
      methods?.flatMap((name) => {
        const own = grid.methods.filter((entry) => entry.name === name);
        return own.length > 0 ? own : [{ name }];
      }) ?? grid.methods,
      attack,
    ),
  }));
}

/** Keeps the methods that use `attack`, and those that use none, if the methods' attacks differ. */
function withAttack(methods: readonly MethodEntry[], attack?: string): readonly MethodEntry[] {
  const attacks = [...new Set(methods.filter(makesSamples).map(attackOf))];
  if (attack === undefined || attacks.length < 2) return methods;
  if (!attacks.includes(attack)) {
    throw new UserError(
      `there are no samples of "${attack}" here; choose from ${attacks.join(", ")}, ` +
        "or add them to the experiment's file",
    );
  }
  return methods.filter((entry) => !makesSamples(entry) || attackOf(entry) === attack);
}

async function planGrid(
  experiment: Experiment,
  grid: RunGrid,
  choices: PlanChoices,
  sources: PlanSources,
): Promise<PlannedRun[]> {
  const { scale, teacherPrecision, set = {} } = choices;
  const resolved = overriddenMethods(grid, choices).map(({ entry, variantOf }) => {
    const method = methodNamed(entry.name);
    const options = resolveMethodOptions(method, entry.options);
    return { method, label: labelOf(entry), variantOf, options };
  });
  grid.students.forEach(parseNetwork);
  const protocol = resolveOptions(PROTOCOL, protocolOptions, {
    ...grid.protocol,
    ...set[PROTOCOL],
  });
  checkBaseSamples(set, protocol.batchSize);
  dataSourceNamed(grid.dataset);
  // On a data set that is not the experiment's own, takes the best teacher.
  const isOwn = experiment.scales[scale].some((own) => own.dataset === grid.dataset);
  // The teacher first: without one, the download of a data set would be wasted.
  const teacher = await sources.teacher(grid.dataset, isOwn ? grid.teacher : undefined);
  const dataset = await sources.dataset(grid.dataset);
  if (resolved.some(({ method }) => method.needsTeacher)) checkTeacher(teacher, dataset);
  const counts = imageCounts(dataset, grid);
  for (const fraction of grid.fractions) subsetSize(counts.train, fraction);
  const testImages = grid.testImages ?? counts.test;
  if (testImages > counts.test) {
    throw new UserError(
      `${experiment.name} tests on ${testImages} images at the scale "${scale}", but ${dataset.name} ` +
        `has ${counts.test}; choose another --scale`,
    );
  }
  const { name, fingerprint } = dataset;
  const description = describeDataset(dataset);
  const runs: PlannedRun[] = [];
  for (const fraction of grid.fractions) {
    for (const student of grid.students) {
      for (const { method, label, variantOf, options } of resolved) {
        for (const seed of grid.seeds) {
          const specification: RunSpecification = {
            dataset: {
              name,
              fingerprint,
              fraction,
              testImages: grid.testImages,
              ...(grid.validation === undefined ? {} : { validation: grid.validation }),
            },
            teacher: method.needsTeacher ? identityOf(teacher, teacherPrecision) : null,
            student,
            method: method.name,
            options,
            protocol,
            scale,
            seed,
          };
          const run = {
            name: runName(specification),
            label,
            variantOf,
            setting: protocolText(set),
            specification,
            teacher,
            dataset: description,
          };
          const trainImages = counts.train * fraction;
          runs.push({
            ...run,
            evaluations: grid.evaluations.map((entry) => plannedEvaluation(entry, run)),
            flops: runFlops(specification, teacher.network, dataset, trainImages, testImages),
          });
        }
      }
    }
  }
  return runs;
}

/**
 * Checks that a teacher was trained on the images of its data set. One that was imported does not say.
 *
 * @throws UserError if they have changed since
 */
function checkTeacher(
  { name, metadata }: Pick<TeacherFile, "name" | "metadata">,
  { fingerprint }: Pick<Dataset, "fingerprint">,
): void {
  if (metadata.specification === undefined) return;
  const { dataset } = JSON.parse(metadata.specification) as RunSpecification;
  if (dataset.fingerprint === fingerprint) return;
  throw new UserError(
    `the teacher ${name} was trained on images with the SHA-256 ${dataset.fingerprint}, but those of ` +
      `${dataset.name} now have ${fingerprint}; put back those images, or train a teacher in ` +
      "another results folder",
  );
}

/**
 * Applies overrides to a grid's methods. With `beside`, puts the default before each changed one.
 *
 * @throws UserError if an attack is chosen, but no method uses one
 */
function overriddenMethods(
  { methods }: RunGrid,
  { attack, set = {}, beside = false }: PlanChoices,
): (Pick<PlannedRun, "variantOf"> & { readonly entry: MethodEntry })[] {
  if (attack !== undefined && !methods.some(makesSamples)) {
    const names = methods.map(({ name }) => name).join(", ");
    throw new UserError(
      `none of the methods ${names} makes samples by an attack, so "${attack}" has nothing to replace`,
    );
  }
  return methods.flatMap((entry) => {
    const own = attack !== undefined && makesSamples(entry)
      ? { ...set, [entry.name]: { ...set[entry.name], attack } }
      : set;
    const changed = withOverrides(entry, own);
    if (!beside) return [{ entry: changed, variantOf: null }];
    const isVariant = optionsIn(changed) !== optionsIn(entry);
    return [
      { entry, variantOf: null },
      ...(isVariant ? [{ entry: changed, variantOf: labelOf(entry) }] : []),
    ];
  });
}

function optionsIn({ name, options }: MethodEntry): string {
  return canonicalJson(resolveMethodOptions(methodNamed(name), options));
}
