import { evaluationResult, resultNameOf, RUNS } from "../planned_run.ts";
import type { ArrowContent } from "../../store/arrow_file.ts";
import { resultFile } from "../../store/manifest.ts";
import { runName } from "../../training/run_specification.ts";

type Metadata = ArrowContent["metadata"];

/**
 * Checks that a run or an evaluation has the name that its metadata give it; null if so. The
 * manifest alone doesn't notice files that have changed places together with their entries.
 */
export function nameFault(result: string, metadata: Metadata): string | null {
  const name = nameIn(metadata);
  if (name === result) return null;
  if (name === null) {
    return "its metadata name no run; delete that file and `deno task reproduce` makes it again";
  }
  return movedFault(
    metadata.specification === undefined
      ? `its metadata are those of ${name}`
      : `its specification is that of the run ${name.slice(RUNS.length)}`,
  );
}

/** Checks that a table has the name of its experiment and scale; null if so. */
export function tableFault(
  result: string,
  { rows, metadata: { experiment } }: Pick<ArrowContent, "rows" | "metadata">,
): string | null {
  const name = `tables/${experiment}-${rows[0]?.scale ?? ""}`;
  return experiment === undefined || result.startsWith(name)
    ? null
    : movedFault(`its content is that of ${name}`);
}

/** Checks that an evaluation measured its run's final weights; null if so. */
export function measuredFault({ weights }: Metadata, run: Metadata): string | null {
  // Older versions did not record what they measured.
  if (weights === undefined || weights === run.weights) return null;
  return `it measured weights of SHA-256 ${weights}, but its run ended in ${run.weights}; delete ` +
    "that file and `deno task reproduce` makes it again";
}

/** Checks, by its hash, that a file of weights holds the run's final weights; null if so. */
export function weightsFault(hash: string, run: string, said: string | undefined): string | null {
  if (hash === said) return null;
  return `its SHA-256 is ${hash}, but the run says ${said}; put back the file, or delete it and ` +
    `${resultFile(run)}, and \`deno task reproduce\` makes both again`;
}

function nameIn({ specification, run, evaluation, options, teacher }: Metadata): string | null {
  try {
    if (specification !== undefined) {
      return resultNameOf({ name: runName(JSON.parse(specification)) });
    }
    return evaluationResult(run, evaluation, JSON.parse(options), JSON.parse(teacher).hash);
  } catch {
    return null;
  }
}

function movedFault(what: string): string {
  return `${what}; give the file and its entry in manifest.json that name again, or delete both`;
}
