import { assertEquals, assertMatch } from "@std/assert";
import { checkWork } from "../../lib/bench/check_work.ts";
import type { BackendMeasurement } from "../../lib/bench/measure_backend.ts";
import type { StepOutcome, Workload } from "../../lib/bench/workload.ts";

const exact = { steps: [4, 3], terms: { cross_entropy: 1, distillation: 2, boundary: 3 } };
const rounded = { ...exact, terms: { ...exact.terms, boundary: 3.03 } };
const workload = { expected: exact } as unknown as Workload;

function measured(
  backend: string,
  configuration: string,
  outcome: StepOutcome,
  on = workload,
): BackendMeasurement {
  return {
    backend,
    configuration,
    workload: on,
    step: { outcome },
  } as unknown as BackendMeasurement;
}

const ours = [
  measured("onednn", "float32", exact),
  measured("onednn", "bf16", rounded),
  measured("wasm", "float32", exact),
];

Deno.test("checkWork() holds float32 against exact references, and bfloat16 against PyTorch's", () => {
  const found = checkWork(ours, { workload, peer: { tuned: exact, bf16: rounded } });
  assertEquals(found.map(({ same }) => same), Array(6).fill(true));
  assertEquals(found.map(({ sentence }) => sentence.split(/ as |, but|: the/).slice(0, 2)), [
    ["onednn, float32: same work", "the reference numbers"],
    ["onednn, float32: same work", "PyTorch tuned"],
    ["onednn, bf16: same work", "PyTorch bf16"],
    ["wasm, float32: same work", "the reference numbers"],
    ["wasm, float32: same work", "PyTorch tuned"],
    ["wasm, float32: same work", "PyTorch bf16"],
  ]);
});

Deno.test("checkWork() finds other work in float32, and leaves out steps on fewer images", () => {
  const [fault, ...others] = checkWork([
    measured("onednn", "float32", rounded),
    measured("cpu", "float32", rounded, { ...workload }),
  ], { workload });
  assertEquals([fault.same, others], [false, []]);
  assertMatch(fault.sentence, /^onednn, float32: NOT the same work as the reference numbers/);
});
