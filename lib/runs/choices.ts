import { parseOverrides, PROTOCOL, settingsText } from "./overrides.ts";
import { GREATEST_SEED } from "./check_choices.ts";
import type { PlanChoices } from "./plan.ts";
import { RESULTS } from "../files/project_root.ts";
import { attackNamed } from "../attack/attacks.ts";
import { type CommandLine, parseList } from "../commands/command_line.ts";
import type { DataOptions } from "../data/data_source.ts";
import { methodNamed } from "../distillation/methods.ts";
import { bashWord } from "../files/bash_word.ts";
import { type Precision, PRECISIONS } from "../nn/precision.ts";
import { type Scale, SCALES } from "../training/run_specification.ts";
import { UserError } from "../user_error.ts";

/** The command-line options that choose an experiment's runs. */
export const choiceOptions = {
  scale: {
    value: SCALES.join("|"),
    help:
      "smoke (seconds a run), quick (less than a minute) or paper (the paper's protocol; hours); default: quick",
  },
  dataset: {
    value: "NAME",
    help: "only runs on this data set; if the experiment has none, all its runs move to it",
  },
  fractions: { value: "A,B", help: "these shares of the training images: 0.2, 1" },
  students: { value: "A,B", help: "these students: resnet8, wrn-16-2, …" },
  methods: { value: "A,B", help: "these methods instead of the experiment's" },
  seeds: { value: "N|A,B|A-B", help: "how many seeds, or which: 3, 1-3, 1,2,7 (one alone: 7,)" },
  attack: {
    value: "NAME",
    help: "the attack that makes the samples of the method bss (default: bss; table3: all its own)",
  },
  set: {
    value: "METHOD.OPTION=VALUE",
    isRepeatable: true,
    help: "an option of a method or of the protocol: bss.eta=0.1, protocol.epochs=20",
  },
  beside: { help: "also run the defaults that --set or --attack change, and compare both" },
  "teacher-precision": {
    value: PRECISIONS.join("|"),
    help: "the teacher's number format (default: f32); bf16 needs onednn and a CPU that has it",
  },
  "student-precision": {
    value: PRECISIONS.join("|"),
    help:
      "the student's number format in training, as --set protocol.studentPrecision=… (default: f32)",
  },
} as const;

/** @throws UserError naming the option, what it is and what it may be */
export function parseChoices(options: CommandLine<typeof choiceOptions>["options"]): PlanChoices {
  const list = (name: "fractions" | "students" | "methods") =>
    options[name] === undefined ? undefined : parseList(name, options[name]);
  const methods = list("methods");
  methods?.forEach(methodNamed);
  if (options.attack !== undefined) attackNamed(options.attack);
  refuseTwice("attack", options.attack, options.set, /^[^.]*\.attack=/);
  refuseTwice("student-precision", options["student-precision"], options.set, PRECISION_SETTING);
  return {
    scale: parseChoice<Scale>("scale", options.scale ?? "quick", SCALES),
    dataset: options.dataset,
    fractions: list("fractions")?.map(parseFraction),
    students: list("students"),
    methods,
    seeds: options.seeds === undefined ? undefined : parseSeeds(options.seeds),
    attack: options.attack,
    set: parseOverrides([...options.set, ...precisionSetting(options["student-precision"])]),
    beside: options.beside || undefined,
    teacherPrecision: parseChoice<Precision>(
      "teacher-precision",
      options["teacher-precision"] ?? "f32",
      PRECISIONS,
    ),
  };
}

/** Writes choices as the words of a command line. */
export function choiceArguments(choices: PlanChoices): string[] {
  const { scale, fractions, students, methods, seeds, set = {}, teacherPrecision } = choices;
  const options = Object.entries({
    scale,
    dataset: choices.dataset,
    fractions,
    students,
    methods,
    // "2" would mean two seeds, "2," is seed 2.
    seeds: seeds?.length === 1 ? `${seeds},` : seeds,
    attack: choices.attack,
    "teacher-precision": teacherPrecision,
  });
  const overrides = Object.entries(set).flatMap(([method, options]) =>
    settingsText(options).flatMap((setting) => ["--set", `${method}.${setting}`])
  );
  return [
    ...options.flatMap(([name, value]) => value === undefined ? [] : [`--${name}`, String(value)]),
    ...overrides,
    ...(choices.beside ? ["--beside"] : []),
  ];
}

const PRECISION_SETTING = new RegExp(`^${PROTOCOL}\\.studentPrecision=`);

/** @throws UserError if --set and another option set the same value */
function refuseTwice(
  option: string,
  value: string | undefined,
  settings: readonly string[],
  pattern: RegExp,
): void {
  const twin = settings.find((setting) => pattern.test(setting));
  if (value === undefined || twin === undefined) return;
  throw new UserError(`--${option} ${value} and --set ${twin} set the same option; leave one out`);
}

/** Gives the option of the protocol for a student's precision. Float32 needs none. */
function precisionSetting(text = "f32"): string[] {
  const precision = parseChoice<Precision>("student-precision", text, PRECISIONS);
  return precision === "f32" ? [] : [`${PROTOCOL}.studentPrecision=${precision}`];
}

function parseChoice<T extends string>(option: string, text: string, valid: readonly T[]): T {
  if (!(valid as readonly string[]).includes(text)) {
    throw new UserError(`--${option} is "${text}"; choose from ${valid.join(", ")}`);
  }
  return text as T;
}

function parseFraction(text: string): number {
  const fraction = Number(text);
  if (!(fraction > 0 && fraction <= 1)) {
    throw new UserError(`--fractions has "${text}", but must be above 0 and at most 1, as in 0.2`);
  }
  return fraction;
}

/**
 * Writes the command that makes runs of an experiment.
 *
 * @param results the path of the results folder, as the command shows it
 */
export function reproduceCommand(
  experiment: string,
  choices: PlanChoices,
  results: string,
  { dataFolder, acceptUnverified }: DataOptions = {},
): string {
  const isDefault = results === RESULTS || results === "results";
  const words = [
    experiment,
    ...choiceArguments(choices),
    ...(isDefault ? [] : ["--results", results]),
    ...(dataFolder === undefined ? [] : ["--data", dataFolder]),
    ...(acceptUnverified ? ["--unverified-data"] : []),
  ];
  return `deno task reproduce ${words.map(bashWord).join(" ")}`;
}

/** The most seeds: a larger number is a mistyped seed. */
const MOST_SEEDS = 1000;

/**
 * Parses seeds. "3" and "1-3" mean seeds 1, 2 and 3; "1-3,7" means 1, 2, 3 and 7; "7," means seed 7
 * alone.
 *
 * @throws UserError for anything else, for a range of more than a thousand, and for a seed above 2³¹ − 1
 */
export function parseSeeds(text: string): number[] {
  if (/^\d+$/.test(text)) return range(text, 1, Number(text));
  const seeds = parseList("seeds", text).flatMap((item) => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(item) ?? [];
    return range(item, Number(first), Number(last));
  });
  return [...new Set(seeds)];
}

function range(text: string, first: number, last: number): number[] {
  if (!(first >= 1 && last >= first)) {
    throw new UserError(
      `--seeds has "${text}", but must say how many, as in 3, or which, as in 1-3 or 1,2,7 or 1-3,7; ` +
        `for seed 7 alone say "7,"`,
    );
  }
  if (last > GREATEST_SEED) {
    throw new UserError(`--seeds has "${text}", but a seed must be at most ${GREATEST_SEED}`);
  }
  if (last - first >= MOST_SEEDS) {
    throw new UserError(
      `--seeds ${text} means ${last - first + 1} runs of everything; for one seed say "${last},"`,
    );
  }
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
