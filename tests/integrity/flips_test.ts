import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { nameOf } from "../runs/results/assert_findings.ts";
import { addEvaluation, withReferenceCopy } from "../runs/results/reference_copy.ts";
import { uniformNumbers } from "../numbers.ts";
import { DATASET_CARD } from "../../lib/runs/input_cards.ts";
import { verifyResults } from "../../lib/runs/results/verify_results.ts";
import { describeDataset } from "../../lib/data/dataset.ts";
import { loadDataset } from "../../lib/data/load_dataset.ts";
import { filesUnder } from "../../lib/store/files_under.ts";
import { keepCard } from "../../lib/store/input_card.ts";
import type { ResultsFolder } from "../../lib/store/results_folder.ts";
import { findTeacher, keepTeacher } from "../../lib/teacher/find.ts";
import { UserError } from "../../lib/user_error.ts";

const FLIPS = 100;

/** Path prefixes of each kind of file. Each is hit in turn. */
const KINDS = [
  "students/",
  "teachers/",
  "runs/",
  "evaluations/",
  "tables/",
  "inputs/",
  "manifest.json",
];

/** Makes results with every kind of file. */
async function withResults(
  test: (folder: ResultsFolder, files: readonly string[]) => Promise<void>,
): Promise<void> {
  await withReferenceCopy(async (folder, runs) => {
    for (const run of runs) {
      const { metadata: { weights } } = await folder.read(run);
      await addEvaluation(folder, nameOf(run), "mag_sim", 0.5, { weights });
    }
    const dataset = await loadDataset("fashion-mnist-subset", {});
    await keepCard(DATASET_CARD, folder.path, describeDataset(dataset));
    const { network, file } = await findTeacher(folder.path, dataset.name);
    await keepTeacher(folder.path, dataset.name, network, await Deno.readFile(file));
    await test(folder, await Array.fromAsync(filesUnder(folder.path)));
  });
}

/** True if `results verify` finds a fault in a folder, as a finding or as a UserError. */
async function isNoticed(folder: ResultsFolder): Promise<boolean> {
  try {
    return (await verifyResults(folder, [])).findings.length > 0;
  } catch (error) {
    if (error instanceof UserError) return true;
    throw error;
  }
}

Deno.test(`none of ${FLIPS} flipped bits in files of all kinds goes unnoticed`, async () => {
  await withResults(async (folder, files) => {
    assertEquals((await verifyResults(folder, [])).findings, []);
    const random = uniformNumbers(3 * FLIPS, "flips").map((number) => (1 + number) / 2);
    const unnoticed: string[] = [];
    for (let flip = 0; flip < FLIPS; flip++) {
      const kind = files.filter((file) => file.startsWith(KINDS[flip % KINDS.length])).sort();
      const [which, where, bit] = random.slice(3 * flip, 3 * flip + 3);
      const file = kind[Math.floor(which * kind.length)];
      const path = join(folder.path, file);
      const whole = await Deno.readFile(path);
      const flipped = whole.slice();
      const at = Math.floor(where * whole.length);
      flipped[at] ^= 1 << Math.floor(8 * bit);
      await Deno.writeFile(path, flipped);
      if (!await isNoticed(folder)) unnoticed.push(`${file}, byte ${at}`);
      await Deno.writeFile(path, whole);
    }
    assertEquals(unnoticed, []);
  });
});
