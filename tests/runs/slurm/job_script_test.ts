import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { jobScript } from "../../../lib/runs/slurm/submit.ts";
import { bashWord } from "../../../lib/files/bash_word.ts";
import configuration from "../../../deno.json" with { type: "json" };
import { PROJECT_ROOT } from "../../../lib/files/project_root.ts";
import { withEnvironment } from "../../with_environment.ts";
import { withTemporaryFolder } from "../../with_temporary_folder.ts";

const ODD = ["two words", "it's", `"$HOME" \`pwd\` \\ ! *`, "a\nb", "", "#", "~", "--seeds=1,2"];

const JOB = { folder: "/logs", typedIn: "/", args: [], tasks: [1, 2, 4], shards: 4, extra: "" };

/** Runs a job script as task 2, with a line of bash in place of Deno, and gives its output. */
async function printedBy(script: string, deno: string, folder: string): Promise<string> {
  const path = join(folder, "job.sh");
  await Deno.writeTextFile(join(folder, "deno"), `#!/usr/bin/env bash\n${deno}\n`, { mode: 0o755 });
  await Deno.writeTextFile(join(folder, "scontrol"), '#!/bin/sh\necho "scontrol $@"\n', {
    mode: 0o755,
  });
  await Deno.writeTextFile(
    path,
    script.replace(bashWord(Deno.execPath()), bashWord(join(folder, "deno"))),
  );
  const { code, stdout } = await new Deno.Command("bash", {
    args: [path],
    env: {
      SLURM_ARRAY_TASK_ID: "2",
      SLURM_ARRAY_JOB_ID: "7",
      INIT_CWD: "/elsewhere",
      PATH: `${folder}:${Deno.env.get("PATH")}`,
    },
    stderr: "null",
  }).output();
  return `${new TextDecoder().decode(stdout)}status ${code}`;
}

Deno.test("jobScript() passes on each argument unchanged, from the project's folder", async () => {
  await withTemporaryFolder(async (folder) => {
    const script = jobScript({ ...JOB, typedIn: "/it's here", args: ODD });
    const show = `printf '%s\\0' "$PWD" "$INIT_CWD" "$@"`;
    const printed = await printedBy(script, show, folder);
    assertEquals(printed.split("\0"), [
      ...[PROJECT_ROOT.replace(/\/$/, ""), "/it's here"],
      ...configuration.tasks.reproduce.command.split(" ").slice(1),
      ...[...ODD, "--shard", "2/4", "status 0"],
    ]);
  });
});

Deno.test("jobScript() passes on the loader's variables, which sbatch does not get", async () => {
  await withTemporaryFolder(async (folder) => {
    let script = "";
    await withEnvironment({ LD_LIBRARY_PATH: "/it's/lib" }, () => {
      script = jobScript(JOB);
    });
    const printed = await printedBy(script, `echo "$LD_LIBRARY_PATH"`, folder);
    assertEquals(printed, "/it's/lib\nstatus 0");
  });
});

Deno.test("a job script puts its task back in the queue once its time is up, and only then", async () => {
  await withTemporaryFolder(async (folder) => {
    const script = jobScript(JOB);
    const printed = (deno: string) => printedBy(script, deno, folder);
    const stops = "trap 'echo stopping; over=1' TERM; ";
    const works = "until [[ $over ]]; do sleep 0.01; done; sleep 0.1; exit 1";
    assertEquals(
      await printed(`${stops} kill -USR1 $PPID; ${works}`),
      "stopping\nscontrol requeue 7_2\nstatus 1",
    );
    // Slurm sends SIGTERM to Deno as well; a second one from here may kill it.
    const cancelled = `${stops} kill $$; kill $PPID; sleep 0.2; exit 1`;
    assertEquals(await printed(cancelled), "stopping\nstatus 1");
    // It finished anyway.
    assertEquals(await printed("trap 'exit 0' TERM; kill -USR1 $PPID; sleep 0.1"), "status 0");
    assertEquals(await printed("exit 2"), "status 2");
  });
});

Deno.test("jobScript() lets more options change its defaults, but not its array and logs", () => {
  const script = jobScript({ ...JOB, folder: "/100% a", extra: "--time=4:00:00" });
  const options = script.split("\n").filter((line) => line.startsWith("#SBATCH"));
  assertEquals(options.slice(-4), [
    "#SBATCH --time=4:00:00",
    "#SBATCH --array=1,2,4",
    "#SBATCH --output=/100%%\\ a/%a.log",
    "#SBATCH --open-mode=append",
  ]);
  assertStringIncludes(options.slice(0, -4).join("\n"), "--signal=B:USR1@60");
});
