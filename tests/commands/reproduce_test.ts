import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { sha256 } from "../../lib/files/sha256.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { automaticBackend, fastBackends, workingBackends } from "../on_every_backend.ts";
import {
  FASTEST,
  filesIn,
  ONE,
  onlyEntry,
  reproduce,
  RUN,
  SHORT,
  SMALL,
  SMOKE,
  startReproducing,
} from "./reproduce.ts";
import { runTask, snapshot } from "./run_task.ts";
import { copyResults } from "../runs/results/reference_copy.ts";
import { withEnvironment } from "../with_environment.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { testUnless } from "../test_unless.ts";
import { problemsOf } from "../store/problems_of.ts";

/** Small mini-batches, since an estimate measures several of each method. */
const DRY_RUN = ["quickstart", ...FASTEST, "--dry-run", "--set", "protocol.batchSize=8"];

/** Options for a run that is long enough to be killed. */
const LONGER = ["--set", "protocol.epochs=4"];

Deno.test("reproduce runs an experiment, prints its table, and finds nothing to do the second time", async () => {
  await withTemporaryFolder(async (folder) => {
    const first = await reproduce(folder, ...SHORT);
    assertEquals(first.code, 0, first.stderr);
    for (const method of ["original", "hinton", "bss"]) {
      assertMatch(first.stdout, new RegExp(`^${method} +\\d+\\.\\d\\d ± \\d+\\.\\d\\d`, "m"));
    }
    assertStringIncludes(first.stdout, "6 runs");
    const told = first.stderr.trimEnd().split("\n");
    const isDone = (line: string) => /seed \d: done, test \d+\.\d %, .*\d s$/.test(line);
    assertEquals(told.filter(isDone).length, 6, first.stderr);
    assertMatch(told.at(-1)!, /^100\.0 % .* 6\/6 runs, resnet8x0\.25 \S+ .*seed \d$/);
    // No lines for epochs, only for runs and for the progress of all.
    assertEquals(told.filter((line) => !isDone(line) && !/^ *\d+\.\d % /.test(line)), []);
    const results = await ResultsFolder.openToRead(folder);
    assertEquals(await problemsOf(results), []);
    const table = await results.read("tables/quickstart-smoke");
    assertEquals(table.rows.length, 6);
    const run = await results.read(`runs/${table.rows[0].run}`);
    for (const key of ["specification", "backend", "machine", "commit", "source", "weights"]) {
      assert(run.metadata[key], `no ${key} in the metadata`);
    }
    const initial = await Promise.all(table.rows.map(async ({ run, seed }) => {
      const { metadata: { initial_weights } } = await results.read(`runs/${run}`);
      assertMatch(initial_weights, /^[0-9a-f]{64}$/);
      return `${seed} ${initial_weights}`;
    }));
    assertEquals(new Set(initial).size, 2, "one for each seed, whatever the method");
    const { instructions, device, backend } = run.metadata;
    assertMatch(instructions ?? device, backend === "wasm" ? /^SIMD$/ : /\S/);
    assertEquals(run.rows.length, table.rows[0].epochs);

    const part = await reproduce(folder, ...SHORT, "--methods", "bss", "--seeds", "1");
    assertEquals(part.code, 0, part.stderr);
    assertEquals((await results.read("tables/quickstart-smoke")).rows.length, 6);

    const before = await snapshot(folder);
    const second = await reproduce(folder, ...SHORT);
    assertEquals(second.code, 0, second.stderr);
    assertStringIncludes(second.stdout, "Nothing to do");
    // On a busy machine at least less than the runs took.
    assert(second.seconds < Math.max(3, first.seconds), `${second.seconds} s`);
    assertEquals(await snapshot(folder), before);
  });
});

for (const backend of fastBackends) {
  // BSS have the most state to keep, but take long on slow backends.
  const method = backend === automaticBackend ? "bss" : "original";
  Deno.test(`reproduce ends in the same weights, byte for byte, after a kill in the middle [${backend}]`, async () => {
    await withTemporaryFolder(async (folder) => {
      const one = [...SMOKE, ...SMALL, ...LONGER, "--methods", method, "--seeds", "1"]
        .concat("--backend", backend);
      const whole = join(folder, "whole");
      assertEquals((await reproduce(whole, ...one)).code, 0);

      const killed = join(folder, "killed");
      const run = startReproducing(killed, ...one, "--verbose");
      await run.until("epoch 1,");
      run.process.kill("SIGKILL");
      await run.ended();
      const checkpoints = await filesIn(await onlyEntry(join(killed, "checkpoints")));
      const last = Object.keys(checkpoints).findLast((name) => name.endsWith(".safetensors"))!;
      assertMatch(last, /^epoch-0000[1-3]\.safetensors$/);

      const resumed = await reproduce(killed, ...one);
      assertEquals(resumed.code, 0, resumed.stderr);
      assertStringIncludes(resumed.stderr, `resuming after epoch ${last[10]}\n`);
      const weights = (results: string) =>
        onlyEntry(join(results, "students")).then(async (file) =>
          sha256(await Deno.readFile(file))
        );
      assertEquals(await weights(killed), await weights(whole));
    });
  });
}

Deno.test("reproduce takes the teacher's logits from its cache, and ends in the same weights", async () => {
  await withTemporaryFolder(async (folder) => {
    const hinton = [...SHORT, "--methods", "hinton", "--seeds", "3,"]
      .concat("--set", "protocol.batchSize=32");
    const run = async (name: string, ...args: string[]) => {
      const results = join(folder, name);
      const { code, stderr } = await reproduce(results, ...hinton, ...args);
      assertEquals(code, 0, stderr);
      const [file] = await Array.fromAsync(Deno.readDir(join(results, "students")));
      const { rows } = await (await ResultsFolder.openToRead(results))
        .read(`runs/${file.name.replace(".safetensors", "")}`);
      return {
        weights: await Deno.readFile(join(results, "students", file.name)),
        cached: rows.map((row) => Number(row.teacher_cached)),
      };
    };
    const off = await run("off", "--teacher-cache", "0");
    const cold = await run("cold");
    const warm = await run("warm");
    assertEquals(off.cached, [0, 0]);
    assertEquals(cold.cached, [0, 0]);
    // The first mini-batch, 32 of the 50 images, is computed to check the cache.
    assertEquals(warm.cached, [18 / 50, 1]);
    assertEquals(cold.weights, off.weights);
    assertEquals(warm.weights, off.weights);
  });
});

Deno.test("reproduce refuses to resume on another backend, and shows the difference", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = startReproducing(folder, ...ONE, ...LONGER, "--verbose");
    await run.until("epoch 1,");
    run.process.kill("SIGKILL");
    await run.ended();
    const before = await snapshot(join(folder, "checkpoints"));
    const other = await reproduce(folder, ...ONE, ...LONGER, "--backend", "cpu");
    assertEquals(other.code, 2);
    assertStringIncludes(other.stderr, 'backend: "wasm" → "cpu"');
    assertEquals(await snapshot(join(folder, "checkpoints")), before);
  });
});

/** Only there can oneDNN be held to older instructions. */
const noOlderInstructions = workingBackends.includes("onednn") && Deno.build.arch === "x86_64"
  ? ""
  : "needs oneDNN on x86-64";

testUnless(
  noOlderInstructions,
  "reproduce refuses to resume with other instructions of the processor, and goes on with its own",
  async () => {
    await withTemporaryFolder(async (folder) => {
      const one = [...ONE, ...LONGER, "--backend", "onednn"];
      await withEnvironment({ DNNL_MAX_CPU_ISA: "SSE41" }, async () => {
        const run = startReproducing(folder, ...one, "--verbose");
        await run.until("epoch 1,");
        run.process.kill("SIGKILL");
        await run.ended();
      });
      const other = await reproduce(folder, ...one);
      assertEquals(other.code, 2);
      assertStringIncludes(other.stderr, 'arithmetic.instructions: "SSE4.1" → ');
      assertStringIncludes(other.stderr, 'arithmetic.variables: "DNNL_MAX_CPU_ISA=SSE41" → ');
      await withEnvironment({ DNNL_MAX_CPU_ISA: "SSE41" }, async () => {
        assertEquals((await reproduce(folder, ...one)).code, 0);
      });
      const results = await ResultsFolder.openToRead(folder);
      const [name] = (await results.names()).filter((name) => name.startsWith("runs/"));
      const { library, instructions, variables, machine } = (await results.read(name)).metadata;
      assertMatch(library, /^oneDNN 3\./);
      assertEquals(instructions, "SSE4.1");
      assertEquals(variables, "DNNL_MAX_CPU_ISA=SSE41");
      assertStringIncludes(machine, "SSE4.1");
    });
  },
);

Deno.test("reproduce --dry-run lists the missing runs and an estimate, and writes nothing", async () => {
  await withTemporaryFolder(async (folder) => {
    const { code, stdout } = await reproduce(folder, ...DRY_RUN);
    assertEquals(code, 0);
    assertMatch(stdout, /6 runs, about \d+ (s|min)/);
    assertEquals(Object.keys(await snapshot(folder)).filter((file) => file.endsWith(".arrow")), []);
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  });
});

Deno.test("reproduce --shard divides the runs without overlap", async () => {
  await withTemporaryFolder(async (folder) => {
    const names = async (shard: string) => {
      const { stdout } = await reproduce(folder, ...DRY_RUN, "--shard", shard);
      return [...stdout.matchAll(/^fashion\S+/gm)].map(([name]) => name);
    };
    const parts = [await names("1/2"), await names("2/2")];
    assertEquals(new Set(parts.flat()).size, 6);
    assertEquals(parts.flat().length, 6);
    const { stdout } = await reproduce(folder, ...DRY_RUN, "--shard", "7/7");
    assertStringIncludes(stdout, "there are fewer runs than 7 parts, and none is left for part 7");
  });
});

Deno.test("reproduce --beside runs a variant and its default, and gives the difference by seed", async () => {
  await withTemporaryFolder(async (folder) => {
    const variant = [...SHORT, "--methods", "bss", "--seeds", "1"]
      .concat("--set", "bss.eta=2");
    const { code, stdout, stderr } = await reproduce(folder, ...variant, "--beside");
    assertEquals(code, 0, stderr);
    const accuracy = (label: string) =>
      Number(stdout.match(new RegExp(`^${label} +(\\d+\\.\\d\\d) `, "m"))![1]);
    const difference = accuracy("bss \\(eta=2\\)") - accuracy("bss");
    const [, told] = stdout.match(/^bss \(eta=2\) is better than bss .* ([+−]\d+\.\d\d) points/m)!;
    assertEquals(Number(told.replace("−", "-")).toFixed(1), difference.toFixed(1));
  });
});

Deno.test("reproduce prints the verdicts on an experiment's own claims, not on those of other scales", async () => {
  await withTemporaryFolder(async (folder) => {
    await copyResults("reference-onednn", folder);
    const { code, stdout, stderr } = await reproduce(folder, "table1", "--scale", "quick");
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /^BSS beat FSP +not settled \(quick\) +resnet8 .* 3 of 3 /m);
    // That claim is about CIFAR-10 alone.
    assert(!stdout.includes("BSS beat attention transfer with Hinton's distillation"), stdout);
  });
});

const mistakes: [what: string, args: string[], text: string][] = [
  ["an unknown experiment", ["tabel1"], 'no experiment "tabel1"; choose from quickstart'],
  ["an unknown method", ["--methods", "bsss"], 'no method "bsss"; choose from original'],
  ["an unknown student", ["--students", "resnet9"], 'no network "resnet9"'],
  [
    "an unknown backend",
    ["--backend", "cuda"],
    "choose from auto, tensorflow, onednn, webgpu, wasm, cpu",
  ],
  ["an unknown option", ["--epoch", "3"], "its options are --scale"],
  ["an unknown scale", ["--scale", "huge"], "choose from smoke, quick, paper"],
  ["an unknown data set", ["--dataset", "mnist"], "choose from fashion-mnist-subset"],
  ["no seed", ["--seeds", "0"], '--seeds has "0", but must say'],
  ["a seed that is no number", ["--seeds", "1,x"], '--seeds has "x"'],
  ["an option without its value", ["--methods"], "methods"],
  ["an impossible shard", ["--shard", "3/2"], "as in 2/4"],
  ["a cache that is no number", ["--teacher-cache", "1G"], '--teacher-cache is "1G", but must be'],
  ["no thread", ["--threads", "0"], '--threads is "0", but must be'],
  ["too many threads", ["--threads", "99999"], "and at most 256"],
  ["more epochs than there can be", ["--set", "protocol.epochs=2147483647"], "from 1 to 10000"],
  ["an unknown precision", ["--teacher-precision", "f16"], "choose from f32, bf16"],
  ["an unknown precision of the student", ["--student-precision", "f64"], "choose from f32, bf16"],
  ["a data set without a teacher", ["--dataset", "fashion-mnist"], "teacher train --dataset"],
];

for (const [what, args, text] of mistakes) {
  Deno.test(`reproduce names the cause and the remedy for ${what}, with exit code 2`, async () => {
    await withTemporaryFolder(async (folder) => {
      const { code, stderr } = await reproduce(folder, ...args);
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, text);
      assertEquals(stderr.includes("    at "), false, stderr);
      assertEquals(await snapshot(folder), {});
    });
  });
}

Deno.test("reproduce --help lists options, experiments, methods and attacks, and exits with 0", async () => {
  const { code, stdout } = await runTask(RUN, "--help");
  assertEquals(code, 0);
  const named = ["  table3 ", "  attention+hinton ", "  carlini-wagner "];
  const options = ["--scale", "--seeds", "--shard", "--dry-run", "--unverified-data"];
  for (const text of [...named, ...options, "--teacher-cache"]) assertStringIncludes(stdout, text);
});
