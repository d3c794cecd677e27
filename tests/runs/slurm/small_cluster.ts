import os from "node:os";
import { join } from "node:path";
import { findProgram } from "../../../lib/files/find_program.ts";
import { withEnvironment } from "../../with_environment.ts";
import { withTemporaryFolder } from "../../with_temporary_folder.ts";

const PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel"];

/** The reason why Slurm cannot start here; empty if it can. */
export const noSlurm = await whyNoSlurm();

async function whyNoSlurm(): Promise<string> {
  for (const name of PROGRAMS) {
    if (await findProgram([name]) === null) return `needs Slurm and MUNGE; there is no ${name}`;
  }
  return os.userInfo().uid === 0 ? "" : "needs root to start Slurm";
}

/** Runs a test with its own Slurm: one node with two CPUs, on the loopback interface. */
export async function withSlurm(test: (folder: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    await Deno.chmod(folder, 0o755); // everybody must be able to reach MUNGE's socket
    const conf = await writeConfiguration(folder);
    await withEnvironment({ SLURM_CONF: conf }, async () => {
      const daemons: Deno.ChildProcess[] = [];
      try {
        daemons.push(start("munged", "--foreground", ...mungeOptions(folder)));
        await until("munged is there", () => succeeds("munge", "-n", "-S", socket(folder)));
        daemons.push(start("slurmctld", "-D"), start("slurmd", "-D", "-N", "localhost"));
        await until("the node is idle", async () => await output("sinfo", "-h", "-o%T") === "idle");
        await test(folder);
      } catch (error) {
        throw new Error(`${error}\n\n${await logsIn(folder)}`, { cause: error });
      } finally {
        await endJobs();
        for (const daemon of daemons.reverse()) await end(daemon);
      }
    });
  });
}

/** Waits until a condition holds: Slurm takes its time. */
export async function until(
  what: string,
  isSo: () => Promise<boolean>,
  seconds = 60,
): Promise<void> {
  for (const end = Date.now() + 1000 * seconds; !await isSo();) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Runs one of Slurm's programs and gives its output, trimmed. */
export async function output(name: string, ...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(name, { args, stderr: "null" }).output();
  return new TextDecoder().decode(stdout).trim();
}

async function succeeds(name: string, ...args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(name, { args, stdout: "null", stderr: "null" })
    .output();
  return success;
}

function socket(folder: string): string {
  return join(folder, "munge.socket");
}

function mungeOptions(folder: string): string[] {
  return [
    `--socket=${socket(folder)}`,
    ...["key", "pid", "seed"].map((name) => `--${name}-file=${join(folder, `munge.${name}`)}`),
  ];
}

async function writeConfiguration(folder: string): Promise<string> {
  await Deno.mkdir(join(folder, "state"));
  await Deno.mkdir(join(folder, "spool"));
  await Deno.writeFile(join(folder, "munge.key"), crypto.getRandomValues(new Uint8Array(128)), {
    mode: 0o400,
  });
  const [controllerPort, nodePort] = freePorts(2);
  await Deno.writeTextFile(join(folder, "cgroup.conf"), "CgroupPlugin=disabled\n");
  const conf = join(folder, "slurm.conf");
  await Deno.writeTextFile(
    conf,
    `ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=${controllerPort}
SlurmdPort=${nodePort}
SlurmUser=root
# A job that is put back in the queue waits for as long as its credential may live: 5 s, the least.
AuthInfo=socket=${socket(folder)},cred_expire=5
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1
MailProg=/bin/true
NodeName=localhost CPUs=2
PartitionName=test Nodes=localhost Default=YES
`,
  );
  return conf;
}

function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  listeners.forEach((listener) => listener.close());
  return listeners.map(({ addr }) => (addr as Deno.NetAddr).port);
}

function start(name: string, ...args: string[]): Deno.ChildProcess {
  return new Deno.Command(name, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
}

/** Kills jobs, which outlive Slurm's daemons. */
async function endJobs(): Promise<void> {
  await output("scancel", `--user=${os.userInfo().username}`);
  await until("no job is left", async () => await output("squeue", "-h") === "").catch(() => {});
}

async function end(daemon: Deno.ChildProcess): Promise<void> {
  const timer = setTimeout(() => daemon.kill("SIGKILL"), 10_000);
  try {
    daemon.kill("SIGTERM");
  } catch {
    // It has ended by itself.
  }
  await daemon.status;
  clearTimeout(timer);
}

async function logsIn(folder: string): Promise<string> {
  const read = (name: string) => Deno.readTextFile(join(folder, name)).catch(() => "");
  return `${await read("slurmctld.log")}\n${await read("slurmd.log")}`;
}
