import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runTask } from "./run_task.ts";

const BENCH = "lib/commands/bench.ts";
const GOLDEN = "tests/golden/fashion";
const small = ["--backend", "wasm", "--batch", "2", "--repeats", "1"];

Deno.test("bench --json ends with one line with the times of the first backend", async () => {
  const { code, stdout, stderr } = await runTask(BENCH, ...small, "--golden", GOLDEN, "--json");
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /96 images of the reference numbers, 2 a step, .*resnet14 → resnet8/);
  assertStringIncludes(stdout, "Parts of a BSS step");
  const result = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
  for (const key of ["bss_step_ms", "student_step_ms", "teacher_forward_ms"]) {
    assert(result[key] > 0, key);
    assertEquals(result.backends.wasm[key], result[key]);
  }
  assertEquals(result.backend, "wasm");
  assertEquals(Object.keys(result.backends), ["wasm"]);
  const { batch, base_samples, parts_ms, student_step_overhead } = result.backends.wasm;
  assertEquals([batch, base_samples], [2, 1]);
  assert(parts_ms.attack > 0);
  assert(student_step_overhead > 0 && student_step_overhead < 1);
  const { runs, rows: [row, ...others] } = result.side_by_side;
  assertEquals([runs, row.configuration, others], [navigator.hardwareConcurrency, "float32", []]);
  assert(row.bss_steps_per_hour.median > 0 && row.bss_run_seconds.median > 0);
  assertEquals(result.gradient_error, undefined);
  assertStringIncludes(stdout, "side by side on wasm, one thread each");
  assert(result.limits.gflops > 0 && result.limits.gigabytes_per_second > 0);
});

Deno.test("bench names the fault of an option, with exit code 2", async () => {
  const cases: [string[], string][] = [
    [["--fast"], "its options are --backend, --golden, --peer"],
    [["--backend", "abacus"], 'there is no backend "abacus"'],
    [["--repeats", "0"], '--repeats is "0"'],
    [["--peer", "--rounds", "2"], '--rounds is "2", but must be a whole number of at least 3'],
    [["--backend", "wasm", "--golden", "/nowhere"], "cannot read the folder /nowhere"],
    [["--backend", "wasm", "--golden", GOLDEN, "--batch", "97"], "have 96 images"],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await runTask(BENCH, ...args);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, message);
  }
});
