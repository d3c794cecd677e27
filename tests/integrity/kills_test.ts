import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { serialize } from "node:v8";
import seedrandom from "seedrandom";
import { AFTER_A_STEP, FILE_MOMENTS, type Work } from "./mortal_runner.ts";
import { type Death, runMortal } from "./run_mortal.ts";
import { outcomesIn } from "../commands/reproduce.ts";
import { smallDataset, smallSpecification } from "../training/small_run.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { isRun, readStored } from "../../lib/runs/results/stored_result.ts";
import { verifyResults } from "../../lib/runs/results/verify_results.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { runName } from "../../lib/training/run_specification.ts";

/** Kills of each of two runners with a folder to itself, around each change of a file. */
const ALONE = 35;
/** Kills of two runners that share a folder, at any moment. */
const SHARED = 30;

function smallWork(): Work {
  const dataset = smallDataset(8, 4);
  const plan = [1, 2, 3].map((seed) => {
    const specification = smallSpecification("original", { epochs: 3, seed });
    return {
      name: runName(specification),
      label: "original",
      variantOf: null,
      setting: null,
      specification,
      dataset,
      teacher: { name: "", network: "", file: "", hash: "", metadata: {} },
      evaluations: [],
      flops: 0,
    };
  });
  const made = { machine: "", deno: "", tfjs: "test", commit: "", source: "" };
  return { dataset, plan, made: { ...made, backend: "wasm", threads: "1" } };
}

/** Reads tables and weights, without half-written files. */
async function filesIn(folder: string): Promise<Record<string, string>> {
  const files = Object.entries(await outcomesIn(folder));
  return Object.fromEntries(files.filter(([name]) => !name.endsWith(".tmp")));
}

/** Reads all whole content, without its times: runs, rows of tables, and weights. */
async function contentIn(folder: string): Promise<Record<string, string>> {
  const { results } = await readStored(await ResultsFolder.openToRead(folder));
  const text = (value: unknown) =>
    JSON.stringify(value, (key, inner) => key.startsWith("seconds_") ? undefined : inner);
  const read = results.flatMap((result) =>
    isRun(result)
      ? [[result.name, text(result.rows)]]
      : result.rows.map((row) => [`row of ${row.run}`, text(row)])
  );
  const weights = Object.entries(await filesIn(folder))
    .filter(([name]) => name.endsWith(".safetensors"))
    .map(([name, bytes]) => [name.replace(".safetensors", ""), bytes]);
  return Object.fromEntries([...read, ...weights]);
}

/** Lists faults, in one sentence each: content that reads as whole but isn't, and damage. */
async function faultsIn(folder: string, whole: Record<string, string>): Promise<string[]> {
  const { findings } = await verifyResults(await ResultsFolder.openToRead(folder), []);
  const content = await contentIn(folder);
  const names = Object.keys(content);
  const runs = names.filter((name) => name.startsWith("runs/"));
  return [
    ...findings.filter(({ kind }) => kind === "damaged").map(({ message }) => message),
    ...names.filter((name) => content[name] !== whole[name]).map((name) => `${name} is another`),
    ...runs.filter((run) => !content[run.slice("runs/".length)])
      .map((run) => `${run} has no weights`),
  ];
}

/** Makes deaths at each of the moments in turn, at one of its first occurrences. */
function deathsAt(moments: readonly string[], seed: string, latest = 0): () => Death {
  const random = seedrandom(seed);
  let next = 0;
  return () => ({
    moment: moments[next++ % moments.length],
    time: 1 + Math.floor(4 * random()),
    later: latest * random(),
  });
}

/** The outcome of many kills. */
interface Outcome {
  /** The moments of the kills that hit a process */
  readonly kills: string[];
  /** The number of times that a run resumed from a checkpoint */
  resumed: number;
  /** The faults found after a kill */
  readonly unnoticed: string[];
}

/**
 * Starts mortal runners side by side in a folder, one for each of `deaths`. Starts others once all
 * have ended, until `kills` were killed. Then lets one end in peace. Takes another folder once
 * nothing is left to do.
 *
 * @param whole the folder of a runner that was never killed
 */
async function killAgain(
  { work, whole, folder, kills, deaths }: {
    readonly work: string;
    readonly whole: string;
    readonly folder: string;
    readonly kills: number;
    readonly deaths: readonly (() => Death)[];
  },
): Promise<Outcome> {
  const [content, files] = [await contentIn(whole), await filesIn(whole)];
  const outcome: Outcome = { kills: [], resumed: 0, unnoticed: [] };
  let folders = 1;

  async function start(chosen: readonly (Death | undefined)[]): Promise<void> {
    const path = `${folder}-${folders}`;
    const ends = await Promise.all(chosen.map((death) => runMortal(work, path, death)));
    const hits = chosen.flatMap((death, index) =>
      death && ends[index].isKilled ? [death.moment] : []
    );
    const messages = ends.flatMap((end) => end.messages);
    const unusual = messages.filter((message) => !/^resuming after epoch \d$/.test(message));
    const faults = [...unusual, ...await faultsIn(path, content)];
    if (hits.length === 0) {
      folders++;
      if (!isDeepStrictEqual(await filesIn(path), files)) faults.push("it ends in other bytes");
    }
    outcome.kills.push(...hits);
    outcome.resumed += messages.length - unusual.length;
    outcome.unnoticed.push(...faults.map((fault) => `${JSON.stringify(chosen)}: ${fault}`));
  }

  for (let starts = 0; outcome.kills.length < kills; starts++) {
    assert(starts < 10 * kills, "the runners end before they are killed");
    await start(deaths.map((death) => death()));
  }
  await start([undefined]);
  return outcome;
}

Deno.test("100 kills leave nothing that reads as whole and isn't, and the last start ends in the same bytes", async () => {
  await withTemporaryFolder(async (root) => {
    const [work, whole] = [join(root, "work"), join(root, "whole")];
    await Deno.writeFile(work, serialize(smallWork()));
    await runMortal(work, whole);
    assertEquals(Object.keys(await filesIn(whole)).length, 4);
    assertEquals(Object.keys(await contentIn(whole)).length, 9);

    const input = (name: string) => ({ work, whole, folder: join(root, name) });
    const alone = (name: string) =>
      killAgain({ ...input(name), kills: ALONE, deaths: [deathsAt(FILE_MOMENTS, name)] });
    const outcomes = await Promise.all(["first", "second"].map(alone));
    const deaths = ["one", "other"].map((name) => deathsAt([AFTER_A_STEP], name, 50));
    outcomes.push(await killAgain({ ...input("shared"), kills: SHARED, deaths }));

    assertEquals(outcomes.flatMap(({ unnoticed }) => unnoticed), []);
    for (const { resumed } of outcomes) assert(resumed > 0, "no run went on from a checkpoint");
    const kills = outcomes.flatMap((outcome) => outcome.kills);
    assertEquals(new Set(kills), new Set([...FILE_MOMENTS, AFTER_A_STEP]));
    assert(kills.length >= 100, `only ${kills.length} kills`);
  });
});
