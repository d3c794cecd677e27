import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { denoArguments } from "./deno_arguments.ts";
import { ONE, RUN } from "./reproduce.ts";
import { runDeno, runTask } from "./run_task.ts";
import configuration from "../../deno.json" with { type: "json" };
import { PROJECT_ROOT } from "../../lib/files/project_root.ts";
import { provenance } from "../../lib/store/provenance.ts";
import { workingBackends } from "../on_every_backend.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { notOnLinux, testUnless } from "../test_unless.ts";
import { findProgram } from "../../lib/files/find_program.ts";

/** Tasks that start programs in any place, which may do anything; the README says so. */
const START_ANYTHING = ["test", "bench", "lab", "render", "check", "setup"];

const tasks = Object.entries(configuration.tasks)
  .map(([name, { command }]) => ({ name, words: command.split(" ") }));

Deno.test("no task may do everything, and none asks for a permission", () => {
  for (const { name, words } of tasks) {
    const [deno, verb, quiet, noPrompt, ...rest] = words;
    assertEquals([deno, verb, quiet, noPrompt], ["deno", "run", "--quiet", "--no-prompt"], name);
    assertMatch(rest.join(" "), /^(--allow-(read|write|env|sys|ffi|run|net)(=\S+)? )+\S+\.ts$/);
  }
  const unlimited = (flag: string) =>
    tasks.filter(({ words }) => words.includes(flag)).map(({ name }) => name);
  assertEquals(unlimited("--allow-run"), START_ANYTHING);
  assertEquals(unlimited("--allow-net"), []);
});

Deno.test("tasks that load data may reach the data sets' hosts, and no task reaches another machine", async () => {
  const hosts: string[] = [];
  for await (const { name, isFile } of Deno.readDir(join(PROJECT_ROOT, "lib/data"))) {
    if (!isFile) continue;
    const source = await Deno.readTextFile(join(PROJECT_ROOT, "lib/data", name));
    for (const [, url] of source.matchAll(/\burl: "(.+?)"/g)) {
      const { hostname } = new URL(url);
      if (!hosts.includes(hostname)) hosts.push(hostname);
    }
  }
  assertEquals(hosts.length, 3);
  const asked = tasks.flatMap(({ name, words }) =>
    words.filter((word) => word.startsWith("--allow-net")).map((word) => [
      name,
      word.replace("--allow-net=", "").split(",").toSorted(),
    ])
  );
  assertEquals(Object.fromEntries(asked), {
    reproduce: hosts.sort(),
    teacher: hosts,
    // The notebook's kernel.
    render: ["127.0.0.1"],
  });
});

for (const [backend, ...denied] of [["wasm", "ffi", "net"], ["onednn", "net"]]) {
  testUnless(
    workingBackends.includes(backend) ? "" : `${backend} does not work here`,
    `reproduce on ${backend} needs no permission for ${denied.join(", ")}`,
    () =>
      withTemporaryFolder(async (folder) => {
        const flags = denied.map((permission) => `--deny-${permission}`);
        const { code, stdout, stderr } = await runDeno([
          ...denoArguments(RUN, ...flags),
          ...[...ONE, "--backend", backend, "--results", folder],
        ]);
        assertEquals(code, 0, stderr);
        assertMatch(stdout, /resnet8x0\.25 +original +\d+\.\d\d/);
      }),
  );
}

const noGit = await findProgram(["git"]) ? "" : "there is no git";

testUnless(
  noGit,
  "reproduce may start its programs if libraries come from LD_LIBRARY_PATH",
  async () => {
    const module = (path: string) => JSON.stringify(import.meta.resolve(`../../${path}`));
    await withTemporaryFolder(async (folder) => {
      const script = join(folder, "commit.ts");
      await Deno.writeTextFile(
        script,
        `import { provenance } from ${module("lib/store/provenance.ts")};
       import { runProgram } from ${module("lib/files/run_program.ts")};
       console.log((await provenance()).commit, (await runProgram("git", ["--version"])).success);`,
      );
      const args = denoArguments(RUN).with(-1, script);
      const { stdout, stderr } = await runDeno(args, { LD_LIBRARY_PATH: "/nowhere" });
      assertEquals(stdout, `${(await provenance()).commit} true\n`, stderr);
    });
  },
);

Deno.test("results drops the permission to write, and render to start programs and reach them, if not needed", async () => {
  await withTemporaryFolder(async (folder) => {
    const spy = join(folder, "spy.ts");
    await Deno.writeTextFile(
      spy,
      `const net = { name: "net", host: "127.0.0.1" };
       addEventListener("unload", () => console.log([{ name: "run" }, { name: "write" }, net].map((one) =>
        Deno.permissions.querySync(one).state)));`,
    );
    const left = async (script: string, ...args: string[]) => {
      const { code, stdout, stderr } = await runDeno([
        ...denoArguments(script, "--preload", spy),
        ...args,
      ]);
      assertEquals(code, 0, stderr);
      return stdout.trimEnd().split("\n").at(-1);
    };
    const results = ["--results", "results/reference"];
    assertEquals(
      await left("experiments/results.ts", "list", ...results),
      '[ "prompt", "prompt", "prompt" ]',
    );
    const out = ["--out", join(folder, "out")];
    assertEquals(
      await left(
        "experiments/results.ts",
        "export",
        "runs/",
        "--format",
        "csv",
        ...out,
        ...results,
      ),
      '[ "prompt", "granted", "prompt" ]',
    );
    assertEquals(
      await left("lib/commands/render.ts", "boundary-2d", "--no-execute", "--out", folder),
      '[ "prompt", "granted", "prompt" ]',
    );
  });
});

testUnless(
  notOnLinux,
  "a command names its missing permissions, and the folders that no task may use",
  async () => {
    for (const words of [["--results", "/dev/shm/results"], ["/proc/self"]]) {
      const { code, stderr } = await runTask("experiments/results.ts", "list", ...words);
      assertEquals(code, 2);
      assertMatch(stderr, /^error: \/\S+ is out of reach: .*; choose another folder\n$/);
    }
    const notOurs = await runTask(RUN, "--slurm", "--error=/dev/null");
    assertMatch(notOurs.stderr, /^error: .*--submit/);
    const teacher = denoArguments("lib/commands/teacher.ts");
    const args = ["train", "--dataset", "cifar10", "--backend", "cpu"];
    const { code, stderr } = await runDeno([...teacher, ...args], { BSS_DATA: "/dev/shm/data" });
    assertEquals(code, 2);
    assertMatch(stderr, /^error: a permission is missing: .* "\/dev\/shm\/data\/.*no task may use/);
    assert(!stderr.includes("--allow"), stderr);
  },
);
