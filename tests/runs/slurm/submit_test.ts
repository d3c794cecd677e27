import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "node:path";
import { planRuns } from "../../../lib/runs/plan.ts";
import { type SlurmRequest, submitToSlurm } from "../../../lib/runs/slurm/submit.ts";
import { quickstart } from "../../../experiments/quickstart.ts";
import { ResultsFolder } from "../../../lib/store/results_folder.ts";
import { UserError } from "../../../lib/user_error.ts";
import { runTask } from "../../commands/run_task.ts";
import { withEnvironment } from "../../with_environment.ts";
import { withTemporaryFolder } from "../../with_temporary_folder.ts";
import { namedSources } from "../plan_sources.ts";
import { noSlurm, output, until, withSlurm } from "./small_cluster.ts";
import { problemsOf } from "../../store/problems_of.ts";

function slurmTest(name: string, test: (folder: string) => Promise<void>): void {
  Deno.test({
    name: `${name}${noSlurm && ` (skipped: ${noSlurm})`}`,
    ignore: noSlurm !== "",
    fn: () => withSlurm(test),
  });
}

/** Runs `reproduce` and gives its output. */
async function reproduce(results: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runTask(
    "experiments/run.ts",
    ...[...args, "--results", results],
  );
  assertEquals(code, 0, stderr);
  return stdout;
}

/** Lists the states and finished runs of the only submission's tasks. */
async function tasksIn(results: string): Promise<string[]> {
  const lines = (await reproduce(results, "--status")).split("\n");
  return lines.flatMap((line) => /^\d+_(\d+ .*\d of \d)/.exec(line)?.[1].replace(/ +/g, " ") ?? []);
}

/** Waits until the only submission has a task in this state. Slurm tells sooner than `--status`. */
async function untilATaskIs(state: "pending" | "running", results: string): Promise<void> {
  const inSlurm = () => output("squeue", "--noheader", `--states=${state}`);
  await until(
    `a task is ${state}`,
    async () => await inSlurm() !== "" && (await tasksIn(results)).join().includes(state),
  );
}

/** Reads all logs of the only submission, in the order of the tasks. */
async function logsIn(results: string): Promise<string[]> {
  const [{ name }] = await Array.fromAsync(Deno.readDir(join(results, "slurm")));
  const folder = join(results, "slurm", name);
  const files = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  const logs = files.filter((file) => file.endsWith(".log")).sort();
  return await Promise.all(logs.map((file) => Deno.readTextFile(join(folder, file))));
}

function begunRuns(log: string): string[] {
  return [...log.matchAll(/^(.+): epoch 1,/gm)].map(([, run]) => run);
}

slurmTest(
  "reproduce --submit slurm: four tasks together do what one command does, and no run twice",
  async (folder) => {
    const table = ["table4", "--scale", "smoke", "--methods", "original,hinton", "--seeds", "4"];
    const small = ["--fractions", "0.01", "--set", "protocol.epochs=1"];
    const command = [...table, ...small, "--teacher-cache", "0", "--verbose"];
    const serial = join(folder, "serial");
    await reproduce(serial, ...command);

    const results = join(folder, `it's 100%a "shared"; #1`);
    const submit = ["--submit", "slurm", "--jobs", "4", "--slurm", "--hold --comment='a b'"];
    const submitted = await reproduce(results, ...command, ...submit);
    assertMatch(submitted, /^submitted job 1: 8 runs in 4 tasks/);
    const held = [1, 2, 3, 4].map((task) => `${task} pending (JobHeldUser) 0 of 2`);
    assertEquals(await tasksIn(results), held);

    await output("scontrol", "release", "1");
    await untilATaskIs("running", results);
    await until("no task is left", async () => await output("squeue", "-h") === "", 120);
    const logs = await logsIn(results);
    assertMatch(
      await reproduce(results, "table4", "--status"),
      /^Job 1, submitted .*: 8 of 8 runs finished: table4 --scale=smoke .*\n$/,
      logs.join("\n"),
    );
    const begun = logs.flatMap(begunRuns);
    assertEquals(logs.map((log) => begunRuns(log).length), [2, 2, 2, 2]);
    assertEquals(new Set(begun).size, 8, "a run was done twice");

    assertEquals(await problemsOf(await ResultsFolder.openToRead(results)), []);
    for (const place of ["tables", "students"]) {
      assertEquals(await filesIn(join(results, place)), await filesIn(join(serial, place)));
    }
    const again = await reproduce(results, ...command, ...submit);
    assertStringIncludes(again, "Nothing to do");
  },
);

/** Reads the files of a folder, by their names. */
async function filesIn(folder: string): Promise<Record<string, Uint8Array>> {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  const read = (name: string) => Deno.readFile(join(folder, name));
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await read(name)] as const)),
  );
}

slurmTest(
  "a task whose time is up goes back in the queue and on from its checkpoint, until it is cancelled",
  async (folder) => {
    const one = ["quickstart", "--scale", "smoke", "--methods", "original", "--seeds", "1"];
    const long = [...one, "--fractions", "0.01", "--set", "protocol.epochs=10000", "--verbose"];
    await reproduce(folder, ...long, "--submit", "slurm");
    const log = async () => (await logsIn(folder)).join();
    await until("the run has begun", async () => begunRuns(await log()).length > 0);
    await output("scancel", "--batch", "--signal=USR1", "1"); // as Slurm does before the end
    await untilATaskIs("pending", folder);
    assertMatch((await tasksIn(folder))[0], /^1 pending.*, requeued 1× 0 of 1$/);
    await until("it has gone on", async () => /resuming[^]*epoch \d/.test(await log()));
    assertEquals(await tasksIn(folder), ["1 running, requeued 1× 0 of 1"]);
    await output("scancel", "1");
    await until("it has ended", async () => await output("squeue", "-h") === "");
    assertEquals(await tasksIn(folder), ["1 cancelled, requeued 1× 0 of 1"]);
    assertEquals(begunRuns(await log()).length, 1, "it began again");
    assertEquals((await log()).match(/^SIGTERM; stopping at a checkpoint$/gm)?.length, 2);
    assertEquals((await log()).match(/^not finished: /gm)?.length, 2);
  },
);

/** Four missing runs, on a data set that nobody has. */
async function requestIn(results: string): Promise<SlurmRequest> {
  const plan = await planRuns(quickstart, { scale: "smoke", seeds: [1, 2] }, namedSources);
  const works = plan.slice(1).map((run) => ({ run, training: true, evaluations: [] }));
  const args = ["quickstart", "--scale=huge", `--results=${results}`];
  return { results, experiments: ["quickstart"], args, plan, works, jobs: undefined, extra: "" };
}

slurmTest(
  "reproduce --status names failed tasks; sbatch's refusals are reported, and leave nothing behind",
  async (folder) => {
    const request = await requestIn(folder);
    await assertRejects(
      () => submitToSlurm({ ...request, extra: "--partition=nowhere" }),
      UserError,
      "invalid partition",
    );
    assertEquals(await Array.fromAsync(Deno.readDir(join(folder, "slurm"))), []);

    const { tasks } = await submitToSlurm(request);
    assertEquals(tasks, request.plan.length - 1);
    await until("no task is left", async () => await output("squeue", "-h") === "");
    const states = await tasksIn(folder);
    assertEquals(states.length, tasks);
    assert(states.every((state) => state.endsWith(" failed 0 of 1")), states.join());
    for (const log of await logsIn(folder)) {
      assertStringIncludes(log, '--scale is "huge"; choose from');
    }
  },
);

Deno.test("submitToSlurm() says that Slurm is missing, and how to do the same by hand", async () => {
  await withTemporaryFolder(async (folder) => {
    const request = await requestIn(folder);
    await withEnvironment({ PATH: folder }, async () => {
      const { message } = await assertRejects(() => submitToSlurm(request), UserError);
      assertStringIncludes(message, "there is no sbatch here");
      assertStringIncludes(message, "--shard 1/4");
    });
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  });
});

Deno.test("submitToSlurm() refuses a folder whose name would be a line of the script", async () => {
  await withTemporaryFolder(async (folder) => {
    const results = join(folder, "a\nrm -rf ~");
    const request = { ...await requestIn(folder), results };
    const { message } = await assertRejects(() => submitToSlurm(request), UserError);
    assertStringIncludes(
      message,
      `--results is ${JSON.stringify(results)}, but a job script cannot`,
    );
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  });
});

for (const extra of ["--array=1-9", "--time=1:00 -o log", "--time=1:00\n#SBATCH -p cpu"]) {
  Deno.test(`submitToSlurm() refuses the options ${JSON.stringify(extra)}`, async () => {
    await withTemporaryFolder(async (folder) => {
      const request = { ...await requestIn(folder), extra };
      await assertRejects(() => submitToSlurm(request), UserError, "--slurm");
      assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
    });
  });
}
