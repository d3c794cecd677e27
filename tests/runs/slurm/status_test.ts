import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "node:path";
import { type SlurmStatus, slurmStatus, statusText } from "../../../lib/runs/slurm/status.ts";
import { makeSubmissionFolder, writeSubmission } from "../../../lib/runs/slurm/submission.ts";
import { ResultsFolder } from "../../../lib/store/results_folder.ts";
import { UserError } from "../../../lib/user_error.ts";
import { withEnvironment } from "../../with_environment.ts";
import { withTemporaryFolder } from "../../with_temporary_folder.ts";

/** Runs a test on a results folder with the runs a and b, with a bash script in place of squeue. */
async function withSqueue(
  script: string,
  test: (results: ResultsFolder) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const results = await ResultsFolder.open(join(folder, "results"));
    for (const run of ["runs/a", "runs/b"]) await results.write(run, { x: "int32" }, [], {});
    const bin = join(folder, "bin");
    await Deno.mkdir(bin);
    await Deno.writeTextFile(join(bin, "squeue"), `#!/usr/bin/env bash\n${script}\n`, {
      mode: 0o755,
    });
    await withEnvironment(
      { PATH: `${bin}:${Deno.env.get("PATH")}`, BSS_WITHOUT: null },
      () => test(results),
    );
  });
}

/** Makes a submission with the runs a, b, c, … in one task each. Run b also has an evaluation. */
async function submission(
  { path }: ResultsFolder,
  jobId: string,
  runs: readonly string[],
): Promise<string> {
  const folder = await makeSubmissionFolder(path);
  await writeSubmission(folder, {
    jobId,
    submitted: "2026-01-31T12:00:00.000Z",
    experiments: [`table${jobId}`],
    args: [`table${jobId}`, "--data=my data"],
    tasks: runs.map((run, index) => ({
      task: index + 1,
      runs: { [run]: [`runs/${run}`, ...(run === "b" ? ["evaluations/b"] : [])] },
    })),
  });
  return folder;
}

function statesOf({ submissions }: SlurmStatus): Record<string, string[]> {
  return Object.fromEntries(
    submissions.map(({ submission, tasks }) => [
      submission.jobId,
      tasks.map(({ state, finishedRuns }) => `${state}, ${finishedRuns}`),
    ]),
  );
}

/** Formats a line as squeue prints it with the requested fields. */
function squeueLine(...fields: readonly string[]): string {
  return `echo '${fields.map((field) => field.padEnd(20)).join("")}'`;
}

Deno.test("slurmStatus() gives Slurm's state of each task, and tells submissions apart", async () => {
  const lines = [
    ["7", "1", "RUNNING", "2", "None"],
    ["7", "2", "COMPLETING", "0", "None"],
    ["7", "3", "PENDING", "0", "Resources"],
    ["7", "4", "PENDING", "1", "BeginTime"],
    ["8", "1", "OUT_OF_MEMORY", "0", "OutOfMemory"],
    ["8", "2", "COMPLETED", "1", "None"],
    ["8", "3", "TIMEOUT", "0", "TimeLimit"],
  ].map((fields) => squeueLine(...fields));
  await withSqueue(lines.join("\n"), async (results) => {
    await submission(results, "7", ["a", "b", "c", "d"]);
    await submission(results, "8", ["c", "a", "b"]);
    await makeSubmissionFolder(results.path); // sbatch was killed
    const states = {
      "7": [
        ...["running, requeued 2×, 1", "completing, 0", "pending (Resources), 0"],
        "pending (BeginTime), requeued 1×, 0",
      ],
      "8": ["out of memory, 0", "done, 1", "timeout, 0"],
    };
    assertEquals(statesOf(await slurmStatus(results, [])), states);
    assertEquals(statesOf(await slurmStatus(results, ["table8", "table9"])), { 8: states[8] });
  });
});

Deno.test("slurmStatus() reads the state of tasks that Slurm has forgotten from the results", async () => {
  const forgotten = "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1";
  await withSqueue(forgotten, async (results) => {
    await submission(results, "7", ["a", "b", "c"]);
    const status = await slurmStatus(results, []);
    assertEquals(statesOf(status), { 7: ["done, 1", "ended, 0", "ended, 0"] });
    assertEquals(status.unasked, null);
  });
});

Deno.test("slurmStatus() falls back on the results if Slurm does not answer, and says why", async () => {
  const silent = "echo 'Unable to contact slurm controller' >&2; exit 1";
  await withSqueue(silent, async (results) => {
    const folder = await submission(results, "7", ["a", "c"]);
    const status = await slurmStatus(results, []);
    assertEquals(statesOf(status), { 7: ["done, 1", "unknown, 0"] });
    assertEquals(status.unasked, "squeue failed: Unable to contact slurm controller");
    await withEnvironment({ PATH: results.path }, async () => {
      const { unasked } = await slurmStatus(results, []);
      assertEquals(unasked, "there is no squeue here; use a machine with Slurm's programs");
    });
    await Deno.writeTextFile(join(folder, "submission.json"), "{");
    await assertRejects(() => slurmStatus(results, []), UserError, "submission.json is damaged");
    await Deno.writeTextFile(join(folder, "submission.json"), "{}");
    await assertRejects(
      () => slurmStatus(results, []),
      UserError,
      "it should have jobId, submitted",
    );
  });
});

Deno.test("statusText() has a line for each task of a submission, and none once all are done", async () => {
  await withSqueue(squeueLine("12", "1", "RUNNING", "0", "None"), async (results) => {
    const folder = await submission(results, "12", ["a", "c"]);
    const text = async () => statusText((await slurmStatus(results, [])).submissions[0]);
    const lines = (await text()).split("\n");
    assertEquals(
      lines[0],
      "Job 12, submitted 2026-01-31 12:00 UTC: 1 of 2 runs finished: table12 '--data=my data'",
    );
    assertMatch(lines[3], /^12_1 +running +1 of 1 +/);
    assertMatch(lines[4], /^12_2 +ended +0 of 1 +/);
    assertEquals(lines[4].endsWith(`${folder}/2.log`), true);
  });
  await withSqueue("exit 0", async (results) => {
    await submission(results, "12", ["a"]);
    const [status] = (await slurmStatus(results, [])).submissions;
    assertMatch(statusText(status), /^Job 12, .* 1 of 1 runs finished: .*$/);
  });
});
