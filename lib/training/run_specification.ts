import {
  type DistillationMethod,
  type ResolvedOptions,
  resolveMethodOptions,
} from "../distillation/method.ts";
import type { Precision } from "../nn/precision.ts";
import { parseNetwork } from "../nn/network_families.ts";
import { givenText, resolveOptions } from "../options.ts";
import { type Protocol, protocolOptions } from "./protocol.ts";
import { sha256 } from "../files/sha256.ts";
import { isRecord } from "../is_record.ts";
import type { Dataset, DatasetDescription, ImageSet } from "../data/dataset.ts";
import { stratifiedSubset, subsetSize, takeImages } from "../data/stratified_subset.ts";
import { RandomStreams } from "./random_streams.ts";
import { UserError } from "../user_error.ts";

/** The lengths of a run: the paper's protocol, and two shortened ones. */
export const SCALES = ["smoke", "quick", "paper"] as const;
export type Scale = typeof SCALES[number];

/** The teacher of a run. */
export interface TeacherIdentity {
  /** Its name, for people */
  readonly name: string;
  /** SHA-256 of its weights, for the identity of the run */
  readonly hash: string;
  /** The precision it computes in; left out for float32 */
  readonly precision?: "bf16";
}

/**
 * Everything that determines the result of a run, except the backend's rounding. Two runs with equal
 * specifications are the same run, also if they belong to different experiments.
 */
export interface RunSpecification {
  readonly dataset: {
    readonly name: string;
    /** SHA-256 of pixels and labels */
    readonly fingerprint: string;
    /** The share of the training images, stratified by class, in (0, 1] */
    readonly fraction: number;
    /** The largest number of test images, stratified by class; null for all */
    readonly testImages: number | null;
    /**
     * The share of the training images, stratified by class, that is held out and takes the place of
     * the test images. Left out for none, so that other runs keep their identity.
     */
    readonly validation?: number;
  };
  /** null for a method that needs none */
  readonly teacher: TeacherIdentity | null;
  /** "resnet8", … */
  readonly student: string;
  readonly method: string;
  /** The method's options, with defaults filled in */
  readonly options: Readonly<Record<string, unknown>>;
  readonly protocol: Protocol;
  /** The scale of the experiment; "quick" for a run that belongs to none */
  readonly scale: Scale;
  readonly seed: number;
}

/** The choices of {@linkcode specifyRun}. */
export interface RunChoices {
  readonly dataset: Dataset;
  readonly teacher: TeacherIdentity;
  readonly method: DistillationMethod;
  /** Options of the method; an option left out has its default */
  readonly options?: ResolvedOptions;
  /** "resnet8" by default */
  readonly student?: string;
  /** The paper's protocol by default */
  readonly protocol?: Partial<Protocol>;
  /** The share of the training images, in (0, 1]; 1 by default */
  readonly fraction?: number;
  /** 1 by default */
  readonly seed?: number;
}

/**
 * Specifies a single run outside the experiments, for `datasetFor` and `train`.
 *
 * @throws UserError for a bad choice or option
 */
export function specifyRun(
  {
    dataset,
    teacher,
    method,
    options,
    student = "resnet8",
    protocol,
    fraction = 1,
    seed = 1,
    ...others
  }: RunChoices,
): RunSpecification {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new UserError(
      `specifyRun has no choice "${unknown}"; choose from dataset, teacher, method, options, student, ` +
        "protocol, fraction, seed",
    );
  }
  parseNetwork(student);
  if (dataset?.train === undefined) {
    throw new UserError('specifyRun needs a dataset, as await loadDataset("cifar10")');
  }
  subsetSize(dataset.train.count, fraction);
  if (typeof method !== "object") {
    throw new UserError(`the method is ${method}; give a method, as methodNamed("bss")`);
  }
  if (method.needsTeacher && (!teacher?.name || !teacher.hash)) {
    throw new UserError(
      "specifyRun needs the teacher's name and hash; give what findTeacher() returns",
    );
  }
  if (!Number.isInteger(seed) || seed < 1) {
    throw new UserError(`the seed is ${givenText(seed)}, but must be a whole number from 1`);
  }
  const { name, fingerprint } = dataset;
  return {
    dataset: { name, fingerprint, fraction, testImages: null },
    teacher: method.needsTeacher ? identityOf(teacher, teacher.precision) : null,
    student,
    method: method.name,
    options: resolveMethodOptions(method, options),
    protocol: resolveOptions("protocol", protocolOptions, protocol),
    scale: "quick",
    seed,
  };
}

/** Identifies a teacher. Omits float32, so that runs made before this choice keep their names. */
export function identityOf(
  { name, hash }: Pick<TeacherIdentity, "name" | "hash">,
  precision?: Precision,
): TeacherIdentity {
  return { name, hash, ...(precision === "bf16" ? { precision } : {}) };
}

/** Names a teacher with its precision, as tables show it: "cifar10-resnet26, bf16". */
export function teacherLabel({ name, precision }: TeacherIdentity): string {
  return precision ? `${name}, ${precision}` : name;
}

/** Reads the precision off a label that {@linkcode teacherLabel} made; undefined for float32. */
export function labelledPrecision(label: string): TeacherIdentity["precision"] {
  return label.endsWith(", bf16") ? "bf16" : undefined;
}

/** The parts that {@linkcode datasetFor} took, with their names */
const PARTS = new WeakMap<Dataset, string>();

const WHOLE = "all images";

/**
 * Takes the part of a data set that a run uses for training and testing. The run's seed draws the
 * training subset, so it is the same for all methods of a seed; validation images and the test
 * subset are the same for all runs.
 *
 * @throws UserError if a share is out of range, or leaves no image
 */
export function datasetFor(
  dataset: Dataset,
  { dataset: { fraction, testImages, validation }, seed }: Pick<
    RunSpecification,
    "dataset" | "seed"
  >,
): Dataset {
  const { train, test } = validation === undefined ? dataset : holdOut(dataset, validation);
  const part = {
    ...dataset,
    train: partOf(dataset, train, fraction, seed),
    test: testSample({ ...dataset, test }, testImages ?? test.count),
  };
  PARTS.set(part, partName({ fraction, testImages, validation }, seed));
  return part;
}

/** Describes a part of a data set. */
function partName(
  { fraction, testImages, validation }: Omit<RunSpecification["dataset"], "name" | "fingerprint">,
  seed: number,
): string {
  if (fraction === 1 && testImages === null && validation === undefined) return WHOLE;
  const chosen = { fraction, testImages, validation, seed };
  return Object.entries(chosen).filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value}`).join(", ");
}

/** @throws UserError if a data set is not the part that a specification names */
export function requirePart(
  dataset: Dataset,
  specification: Pick<RunSpecification, "dataset" | "seed">,
): void {
  const [given, named] = [
    PARTS.get(dataset) ?? WHOLE,
    partName(specification.dataset, specification.seed),
  ];
  if (given === named) return;
  throw new UserError(
    `the run is specified for a part of the images (${named}), but got another (${given}); give ` +
      "datasetFor(dataset, specification)",
  );
}

/** Takes at most `count` test images, stratified by class; they are the same for every student. */
export function testSample(dataset: Dataset, count: number): ImageSet {
  return partOf(dataset, dataset.test, Math.min(count / dataset.test.count, 1), 0);
}

function partOf(dataset: Dataset, set: ImageSet, share: number, seed: number): ImageSet {
  if (share === 1) return set;
  const random = new RandomStreams(seed).stream("subset");
  const classes = dataset.classes.length;
  return takeImages(dataset, set, stratifiedSubset(set.labels, share, classes, random));
}

/** Splits the training images: holds a share out, to be tested on instead of the test images. */
function holdOut(dataset: Dataset, share: number): Pick<Dataset, "train" | "test"> {
  const { train, classes } = dataset;
  const random = new RandomStreams(0).stream("validation");
  const held = stratifiedSubset(train.labels, share, classes.length, random);
  const isHeld = new Set(held);
  const others = Int32Array.from(train.labels.keys()).filter((index) => !isHeld.has(index));
  return { train: takeImages(dataset, train, others), test: takeImages(dataset, train, held) };
}

/** Counts the training and test images before {@linkcode datasetFor} takes its shares. */
export function imageCounts(
  { train, test }: Pick<DatasetDescription, "train" | "test">,
  { validation }: Pick<RunSpecification["dataset"], "validation">,
): { readonly train: number; readonly test: number } {
  if (validation === undefined) return { train: train.count, test: test.count };
  const held = subsetSize(train.count, validation);
  return { train: train.count - held, test: held };
}

/** Writes JSON with sorted keys, so equal specifications give equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, inner) =>
      inner !== null && typeof inner === "object" && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1))
        : inner,
  );
}

/** Names a run in results. The name is readable, and the hash of the specification makes it unique. */
export function runName(specification: RunSpecification): string {
  const { dataset, student, method, scale, seed } = specification;
  const hash = sha256(canonicalJson(specification)).slice(0, 10);
  return `${dataset.name}-${student}-${method}-${scale}-seed${seed}-${hash}`;
}

/** A value that differs between two records, as JSON; undefined where one lacks it. */
export interface Difference {
  /** "options.eta" */
  readonly path: string;
  readonly before: string | undefined;
  readonly now: string | undefined;
}

/** Lists the values that differ. */
export function differences(before: unknown, now: unknown, path = ""): Difference[] {
  if (isRecord(before) && isRecord(now)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...keys].flatMap((key) =>
      differences(before[key], now[key], path ? `${path}.${key}` : key)
    );
  }
  const [from, to] = [canonicalJson(before), canonicalJson(now)];
  return from === to ? [] : [{ path, before: from, now: to }];
}

/** Lists the values that differ, as `path: before → now`. */
export function describeDifference(before: unknown, now: unknown): string[] {
  return differences(before, now).map(({ path, before, now }) => `${path}: ${before} → ${now}`);
}
