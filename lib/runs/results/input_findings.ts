import { join, relative } from "node:path";
import type { Finding } from "./finding.ts";
import type { StoredResult } from "./stored_result.ts";
import { DATASET_CARD } from "../input_cards.ts";
import { nameFault } from "../table/result_fault.ts";
import { cardPath, readCard } from "../../store/input_card.ts";
import { listTeachers, networkOf, readTeacher, TEACHER_CARD } from "../../teacher/find.ts";
import { UserError } from "../../user_error.ts";

/** A data set or teacher that a result was made with. */
interface Use {
  readonly result: string;
  readonly name: string;
  readonly hash: string;
}

/**
 * Checks the cards and teachers of a results folder, and the project's teachers that its results
 * name, against each other and against the results.
 *
 * @param folder the folder's path
 * @param files all files under it, relative to it
 * @param results the whole results; messages name their files
 */
export async function inputFindings(
  folder: string,
  files: readonly string[],
  results: readonly StoredResult[],
): Promise<Finding[]> {
  const uses = results.flatMap(usesOf);
  const isUsed = (input: string) => uses.some(({ name }) => name === input);
  const cards = files.flatMap((file) => /^inputs\/(.+)\.json$/.exec(file)?.slice(1) ?? []);
  const teachers = (await listTeachers(folder))
    .map((place) => ({ ...place, path: relative(folder, place.file) }))
    .filter(({ name, path }) => files.includes(path) || isUsed(name));
  const findings: Finding[] = [];

  async function check(file: string, input: string, hashOf: () => Promise<string | undefined>) {
    try {
      const hash = await hashOf();
      const others = uses.filter((use) => use.name === input && use.hash !== hash);
      if (others.length > 0) findings.push(otherFinding(folder, file, hash, others));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      findings.push({ file, kind: "damaged", message: error.message });
    }
  }

  for (const name of cards) await check(cardPath(name), name, () => hashOfCard(folder, name));
  const faulty = new Set(findings.map(({ file }) => file));
  for (const place of teachers) {
    // The card's fault is already among the findings.
    if (faulty.has(cardPath(place.name))) continue;
    await check(place.path, place.name, async () => (await readTeacher(folder, place)).hash);
  }
  return findings;
}

function usesOf({ name: result, specification, metadata }: StoredResult): Use[] {
  if (specification) {
    const { dataset, teacher } = specification;
    const use = { result, name: dataset.name, hash: dataset.fingerprint };
    return teacher ? [use, { result, name: teacher.name, hash: teacher.hash }] : [use];
  }
  const isEvaluation = metadata.evaluation !== undefined && nameFault(result, metadata) === null;
  return isEvaluation ? [{ result, ...JSON.parse(metadata.teacher) }] : [];
}

async function hashOfCard(folder: string, name: string): Promise<string | undefined> {
  return networkOf(name) === undefined
    ? (await readCard(DATASET_CARD, folder, name))?.fingerprint
    : (await readCard(TEACHER_CARD, folder, name))?.hash;
}

function otherFinding(
  folder: string,
  file: string,
  hash: string | undefined,
  [{ result, hash: theirs }, ...others]: readonly Use[],
): Finding {
  const more = others.length > 0 ? ` and ${others.length} more` : "";
  return {
    file,
    kind: "damaged",
    message: `${join(folder, file)}: its SHA-256 is ${hash}, but ${result}${more} say that they ` +
      `were made with ${theirs}; put back the one of ${theirs}, or move them to another results folder`,
  };
}
