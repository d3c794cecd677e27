import { chooseResults, isRun, readStored, type StoredRun } from "./stored_result.ts";
import { runFields } from "./run_fields.ts";
import { RUNS } from "../planned_run.ts";
import { shareText } from "../table/summary_table.ts";
import { canonicalJson } from "../../training/run_specification.ts";
import { ResultsFolder } from "../../store/results_folder.ts";
import { UserError } from "../../user_error.ts";

/** One side of a comparison: runs that differ only in their seeds, in the order of these. */
export type Side = readonly StoredRun[];

export type Sides = readonly [a: Side, b: Side];

/** The runs of one seed. */
export type Pair = readonly [a: StoredRun, b: StoredRun];

/** The most candidates that a message lists. */
const MOST_LISTED = 20;

/**
 * Finds the two sides of a comparison. A name is a run's, or the beginning of several that differ
 * only in their seeds. It stands for all seeds of its specification. If both names have one
 * specification, each stands only for the runs that it fits.
 *
 * @param folder path of the results folder; a name may begin with the path of another:
 *   "results/reference/runs/…"
 * @throws UserError for a name that fits no run or runs of several specifications, or a damaged run
 */
export async function comparedSides(
  folder: string,
  names: readonly [a: string, b: string],
): Promise<Sides> {
  const [a, b] = await Promise.all(names.map((name) => findSide(folder, name)));
  const isSame = a.place === b.place && groupOf(a.named[0]) === groupOf(b.named[0]);
  return isSame ? [a.named, b.named] : [a.all, b.all];
}

/** Names the sides by method and options, and by A and B if these are the same. */
export function sideNames(sides: Sides): string[] {
  const names = sides.map(([run]) => {
    const { method, options } = runFields(run);
    return options === "" ? method : `${method} (${options})`;
  });
  return names[0] === names[1] ? names.map((name, index) => `${name}, ${"AB"[index]}`) : names;
}

/** Pairs the runs of the same seed. */
export function pairsOf([a, b]: Sides): Pair[] {
  return a.flatMap((run) => {
    const other = b.find(({ specification: { seed } }) => seed === run.specification.seed);
    return other ? [[run, other]] : [];
  });
}

async function findSide(folder: string, name: string) {
  const at = name.lastIndexOf(`/${RUNS}`);
  const place = at < 0 ? folder : name.slice(0, at);
  const pattern = name.slice(at + 1).replace(/\.arrow$/, "");
  const stored = await readStored(await ResultsFolder.openToRead(place));
  const { results, damaged: [damage] } = chooseResults(stored, [
    pattern.startsWith(RUNS) ? pattern : RUNS + pattern,
  ]);
  if (damage) throw new UserError(damage.message);
  const named = bySeed(results.filter(isRun));
  const groups = Map.groupBy(named, groupOf);
  if (groups.size > 1) throw ambiguous(name, [...groups.values()]);
  const [group] = groups.keys();
  const all = bySeed(stored.results.filter(isRun).filter((run) => groupOf(run) === group));
  return { place, named, all };
}

/** Gives the same text for all seeds of a specification. */
function groupOf({ specification }: StoredRun): string {
  return canonicalJson({ ...specification, seed: null });
}

function bySeed(runs: readonly StoredRun[]): Side {
  return runs.toSorted((a, b) => a.specification.seed - b.specification.seed);
}

function ambiguous(name: string, groups: readonly Side[]): UserError {
  const candidates = groups.slice(0, MOST_LISTED).map(([run]) => {
    const { fraction, options, protocol } = runFields(run);
    const differing = [`${shareText(fraction)} %`, options, protocol].filter(Boolean);
    return `  ${run.name}  ${differing.join(", ")}`;
  });
  const rest = groups.length > MOST_LISTED ? ["  …"] : [];
  return new UserError(
    `"${name}" fits runs of ${groups.length} specifications; name one of them, for all of its seeds:\n` +
      [...candidates, ...rest].join("\n"),
  );
}
