import { runNameOf, type StoredRun } from "./stored_result.ts";
import { settingsText } from "../overrides.ts";
import { optionRules } from "../../distillation/method.ts";
import { methods } from "../../distillation/methods.ts";
import type { Columns } from "../../store/arrow_file.ts";
import { protocolOptions } from "../../training/protocol.ts";
import {
  canonicalJson,
  type RunSpecification,
  teacherLabel,
} from "../../training/run_specification.ts";

/** The columns that identify a run. */
export const RUN_COLUMNS = {
  run: "utf8",
  dataset: "utf8",
  fraction: "float64",
  teacher: "utf8",
  student: "utf8",
  method: "utf8",
  options: "utf8",
  protocol: "utf8",
  scale: "utf8",
  seed: "int32",
  backend: "utf8",
  commit: "utf8",
} as const satisfies Columns;

/** Gives a run's values of {@linkcode RUN_COLUMNS}. */
export function runFields(run: StoredRun) {
  const { dataset, teacher, student, method, protocol, scale, seed } = run.specification;
  return {
    run: runNameOf(run),
    dataset: dataset.validation === undefined
      ? dataset.name
      : `${dataset.name}, validation ${dataset.validation}`,
    fraction: dataset.fraction,
    teacher: teacher && teacherLabel(teacher),
    student,
    method,
    options: methodDepartures(run.specification),
    protocol: departures(protocol, protocolOptions),
    scale,
    seed,
    backend: run.metadata.backend ?? null,
    commit: run.metadata.commit ?? null,
  } satisfies Record<keyof typeof RUN_COLUMNS, string | number | null>;
}

/** Lists a method's options that differ from its defaults; all options of an unknown method. */
function methodDepartures({ method: name, options }: RunSpecification): string {
  const method = methods.find((candidate) => candidate.name === name);
  return departures(options, method ? optionRules(method, options) : {});
}

type Defaults = Readonly<Record<string, { readonly default: unknown }>>;

/** Lists the options that differ from their defaults: "eta=1, step=newton". */
function departures(options: Readonly<Record<string, unknown>>, defaults: Defaults): string {
  const departing = Object.entries(options)
    .filter(([key, value]) => canonicalJson(value) !== canonicalJson(defaults[key]?.default));
  return settingsText(Object.fromEntries(departing)).join(", ");
}
