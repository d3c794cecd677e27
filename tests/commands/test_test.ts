import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { runTask, startTask } from "./run_task.ts";
import { onWindows, testUnless } from "../test_unless.ts";
import { exists } from "../../lib/files/exists.ts";
import { withEnvironment } from "../with_environment.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { chooseAssertLibrary } from "../../lib/commands/assert_library.ts";
import { foldersOf } from "../../lib/commands/test.ts";

const TEST = "lib/commands/test.ts";

Deno.test("test --changed takes the folders of tests that are named after changed folders", () => {
  const folders = ["attack", "runs", "nn", "notebooks"].map((name) => [`tests/${name}`]);
  const outside = ["tests/a_test.ts", "tests/b_test.ts"];
  folders.push(outside, ["lib", "experiments"]);
  const of = (...changed: string[]) => foldersOf(changed, folders).flat();
  assertEquals(of("lib/attack/bss.ts", "README.md"), ["tests/attack"]);
  assertEquals(of("tests/nn/resnet_test.ts"), ["tests/nn"]);
  assertEquals(of("experiments/run.ts", "lib/nn/sgd.ts"), ["tests/runs", "tests/nn"]);
  assertEquals(of("lib/notebook/kernel.ts"), ["tests/notebooks"]);
  assertEquals(of("notebooks/table1.ipynb"), ["tests/notebooks"]);
  assertEquals(of("lib/attack/README.md", "deno.json"), ["tests/attack"]);
  assertEquals(of("tests/b_test.ts"), outside);
  assertEquals(of("results/runs/a-run.arrow"), []);
  folders.push(["tests/distillation"], ["tests/backend"], ["tests/training"], ["tests/report"]);
  // These go through all attacks, and through all methods.
  const ofAttack = ["tests/attack", "tests/distillation", "tests/backend"];
  assertEquals(of("lib/attack/bss.ts"), ofAttack);
  assertEquals(of("lib/distillation/bss.ts"), [
    ...ofAttack.slice(1),
    "tests/training",
    "tests/report",
  ]);
});

Deno.test("test --changed takes all tests if what changed has none of its own", () => {
  const folders = [["tests/attack"], ["tests/runs"]];
  for (const path of ["lib/tensors/rows.ts", "lib/mod.ts", "tests/numbers.ts"]) {
    assertEquals(foldersOf([path, "lib/attack/bss.ts"], folders), folders);
  }
});

Deno.test("test runs every file of a folder whose files share an isolate, and applies a filter", async () => {
  const all = await runTask(TEST, "tests/selection");
  assertStringIncludes(all.stdout, "tests from ./tests/together.ts");
  for (const name of ["selectBaseSamples()", "sampleTargetClasses()"]) {
    assertStringIncludes(all.stdout, `\n${name} `);
  }
  const one = await runTask(TEST, "tests/selection", "--filter", "needs two classes");
  assertMatch(one.stdout, /^1 passed, 0 failed, \d skipped$/m);
});

Deno.test("test --without names what it hides, skips the tests that need it, and refuses unknown names", async () => {
  const hidden = "onednn,webgpu";
  const { code, stdout } = await runTask(TEST, "--without", hidden, "tests/backend/onednn");
  assertEquals(code, 0, stdout);
  assertStringIncludes(stdout, "hidden: onednn, the oneDNN library");
  assertStringIncludes(stdout, "(skipped: onednn: BSS_WITHOUT hides it)");
  const wrong = await runTask(TEST, "--without", "gpu", "tests/backend/onednn");
  assertEquals(wrong.code, 2);
  assertStringIncludes(
    wrong.stderr,
    '"gpu" cannot be hidden; BSS_WITHOUT takes tensorflow, onednn',
  );
});

Deno.test("test names a file that is not there before it runs any", async () => {
  const { code, stdout, stderr } = await runTask(TEST, "tests/selection", "tests/selektion");
  assertEquals([code, stdout.includes(" passed")], [2, false]);
  assertStringIncludes(stderr, "error: there is no file or folder tests/selektion");
});

Deno.test("test refuses --changed together with files", async () => {
  const { code, stderr } = await runTask(TEST, "--changed", "tests/nn");
  assertEquals(code, 2);
  assertStringIncludes(stderr, "give either --changed or files, not both");
});

Deno.test("test ends with 1 if a test fails, and if none ran", async () => {
  await withTemporaryFolder(async (folder) => {
    const file = join(folder, "a_test.ts");
    await Deno.writeTextFile(file, 'Deno.test("fails", () => { throw new Error("no"); });');
    const failing = await runTask(TEST, file);
    assertEquals(failing.code, 1);
    assertMatch(failing.stdout, /^0 passed, 1 failed, 0 skipped$/m);
    const none = await runTask(TEST, file, "--filter", "nothing of that name");
    assertEquals(none.code, 1);
    assertStringIncludes(none.stderr, "error: no test ran");
  });
});

Deno.test("test of several files repeats at the end what failed", async () => {
  await withTemporaryFolder(async (folder) => {
    const [fails, passes] = ["a_test.ts", "b_test.ts"].map((name) => join(folder, name));
    await Deno.writeTextFile(fails, 'Deno.test("fails", () => { throw new Error("no"); });');
    await Deno.writeTextFile(passes, 'Deno.test("passes", () => {});');
    const { code, stdout } = await runTask(TEST, fails, passes);
    assertEquals([code, stdout.split("error: Error: no").length - 1], [1, 2]);
    assertMatch(
      stdout,
      /FAILURES[^|]*\| 0 passed \| 1 failed [^|]*\n1 passed, 1 failed, 0 skipped\n$/,
    );
  });
});

testUnless(onWindows, "test takes its tests with it when it is stopped", async () => {
  await withTemporaryFolder(async (folder) => {
    const [file, begun, ended] = ["a_test.ts", "begun", "ended"].map((name) => join(folder, name));
    await Deno.writeTextFile(
      file,
      `Deno.test("waits", async () => {
        Deno.addSignalListener("SIGTERM", () => {
          Deno.writeTextFileSync(${JSON.stringify(ended)}, "");
          Deno.exit(1);
        });
        Deno.writeTextFileSync(${JSON.stringify(begun)}, "");
        await new Promise((done) => setTimeout(done, 20_000));
      });`,
    );
    const process = startTask(TEST, file);
    const output = Promise.all(
      [process.stdout, process.stderr].map((one) => new Response(one).text()),
    );
    const made = async (path: string) => {
      for (const start = Date.now(); !await exists(path); await delay(50)) {
        assert(Date.now() - start < 15_000, path);
      }
    };
    await made(begun);
    process.kill("SIGTERM");
    await made(ended);
    assertEquals((await process.status).code, 143);
    await output;
  });
});

Deno.test("chooseAssertLibrary() says that it takes the stand-in where JSR cannot be reached", async () => {
  await withEnvironment({ BSS_WITHOUT: "jsr" }, async () => {
    const { isStandIn, denoArguments } = await chooseAssertLibrary();
    assertEquals([isStandIn, denoArguments.at(-2)], [true, "--import-map"]);
  });
});
