import type { Experiment, MethodEntry } from "./experiment.ts";
import type { Dataset } from "../lib/data/dataset.ts";
import { resolveMethodOptions } from "../lib/distillation/method_options.ts";
import { methodNamed } from "../lib/distillation/methods.ts";
import { parseDepth } from "../lib/nn/architecture.ts";
import type { Precision } from "../lib/nn/freeze.ts";
import { resolveOptions } from "../lib/options.ts";
import { runFlops } from "../lib/training/cost.ts";
import { protocolOptions } from "../lib/training/protocol.ts";
import {
  runName,
  type RunSpecification,
  type Scale,
  type TeacherIdentity,
} from "../lib/training/run_specification.ts";
import type { TeacherFile } from "../lib/training/teacher_store.ts";
import { UserError } from "../lib/user_error.ts";

/** Where a command line departs from an experiment's own lists. */
export interface PlanChoices {
  readonly scale: Scale;
  readonly dataset?: string;
  readonly students?: readonly string[];
  readonly methods?: readonly string[];
  readonly seeds?: readonly number[];
  /** Which attack makes the samples of the methods that have them; the method's own if left out. */
  readonly attack?: string;
  /** What the teacher computes in; float32 if left out. */
  readonly teacherPrecision?: Precision;
}

/** One run of an experiment, with what it takes to start it. */
export interface PlannedRun {
  /** Its name in results, without the folder. */
  readonly name: string;
  readonly specification: RunSpecification;
  /** The teacher's weights; also there for methods that need none. */
  readonly teacher: TeacherFile;
  /** Estimated floating-point operations. */
  readonly flops: number;
}

/** The place of a run's result in a results folder. */
export function resultNameOf(run: PlannedRun): string {
  return `runs/${run.name}`;
}

/**
 * The runs of an experiment at a scale, in the order of its table.
 *
 * @param load gives the data set and the teacher that the experiment names
 * @throws UserError for an unknown student, method or option
 */
export async function planRuns(
  experiment: Experiment,
  choices: PlanChoices,
  load: {
    dataset(name: string): Promise<Dataset>;
    teacher(dataset: string, network?: string): Promise<TeacherFile>;
  },
): Promise<PlannedRun[]> {
  const scale = experiment.scales[choices.scale];
  const entries = choices.methods
    ? choices.methods.map((name) => scale.methods.find((entry) => entry.name === name) ?? { name })
    : scale.methods;
  if (choices.attack !== undefined && !entries.some(({ name }) => makesSamples(name))) {
    throw new UserError(
      `none of the methods ${
        entries.map(({ name }) => name).join(", ")
      } makes samples by an attack, ` +
        `so that "${choices.attack}" has nothing to replace`,
    );
  }
  const resolved = entries.map((entry) => {
    const method = methodNamed(entry.name);
    return { method, options: resolveMethodOptions(method, optionsOf(entry, choices.attack)) };
  });
  const students = choices.students ?? scale.students;
  students.forEach(parseDepth);
  const protocol = resolveOptions("protocol", protocolOptions, scale.protocol);
  const dataset = await load.dataset(choices.dataset ?? scale.dataset);
  // For another data set than the experiment's own, the best teacher that there is.
  const isOwn = dataset.name === scale.dataset;
  const teacher = await load.teacher(dataset.name, isOwn ? scale.teacher : undefined);
  const trainImages = dataset.train.count * scale.fraction;
  if (scale.testImages !== null && scale.testImages > dataset.test.count) {
    throw new UserError(
      `${experiment.name} tests on ${scale.testImages} images, but ${dataset.name} has ` +
        `${dataset.test.count}`,
    );
  }
  return students.flatMap((student) =>
    resolved.flatMap(({ method, options }) =>
      (choices.seeds ?? scale.seeds).map((seed) => {
        const specification: RunSpecification = {
          dataset: {
            name: dataset.name,
            fingerprint: dataset.fingerprint,
            fraction: scale.fraction,
            testImages: scale.testImages,
          },
          teacher: method.needsTeacher ? identityOf(teacher, choices.teacherPrecision) : null,
          student,
          method: method.name,
          options,
          protocol,
          scale: choices.scale,
          seed,
        };
        return {
          name: runName(specification),
          specification,
          teacher,
          flops: runFlops(
            specification,
            teacher.network,
            trainImages,
            scale.testImages ?? dataset.test.count,
          ),
        };
      })
    )
  );
}

/**
 * The options of an entry with another attack in the place of its own: of those that were set for that,
 * the ones that are the very same of the other attack stay.
 */
function optionsOf({ name, options = {} }: MethodEntry, attack?: string): MethodEntry["options"] {
  if (attack === undefined || !makesSamples(name)) return options;
  const method = methodNamed(name);
  const rules = method.optionsFor!({ attack });
  const kept = Object.entries(options).filter(([key]) => rules[key] === method.options[key]);
  return { ...Object.fromEntries(kept), attack };
}

function makesSamples(method: string): boolean {
  return Object.hasOwn(methodNamed(method).options, "attack");
}

/** Float32 goes without saying: runs from before there was a choice keep their names. */
function identityOf({ name, hash }: TeacherFile, precision?: Precision): TeacherIdentity {
  return { name, hash, ...(precision === "bf16" ? { precision } : {}) };
}
