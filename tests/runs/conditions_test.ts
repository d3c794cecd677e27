import { assertEquals } from "@std/assert";
import { conditionsOf, conditionsThatDiffer } from "../../lib/runs/table/conditions.ts";
import { protocolOptions } from "../../lib/training/protocol.ts";
import type { RunSpecification } from "../../lib/training/run_specification.ts";
import { resolveOptions } from "../../lib/options.ts";

const specification: RunSpecification = {
  dataset: { name: "cifar10", fingerprint: "f", fraction: 0.2, testImages: null },
  teacher: { name: "cifar10-resnet26", hash: "h", precision: "bf16" },
  student: "resnet8",
  method: "bss",
  options: {},
  protocol: resolveOptions("protocol", protocolOptions, {}),
  scale: "paper",
  seed: 1,
};
const OLD = {
  machine: "AMD EPYC, 2 cores, 24 GiB, linux",
  backend: "onednn",
  threads: "1",
  tfjs: "4.22.0",
};
const NEW = { ...OLD, instructions: "AVX-512", library: "oneDNN 3.6" };

/** The conditions that differ between a run and another, by their metadata. */
const between = (a: Record<string, string>, b: Record<string, string>) =>
  conditionsThatDiffer([a, b].map((metadata) => conditionsOf(specification, metadata)));

/** The conditions that differ between a run and another, by their specifications. */
const betweenRuns = (a: Partial<RunSpecification>, b: Partial<RunSpecification>) =>
  conditionsThatDiffer([a, b].map((own) => conditionsOf({ ...specification, ...own }, NEW)));

Deno.test("runs differ in processor if their instructions or the model of their machine do", () => {
  assertEquals(between(NEW, NEW), []);
  assertEquals(between(NEW, { ...NEW, instructions: "AVX2" }), ["processor"]);
  assertEquals(between(NEW, { ...NEW, machine: "Intel, 2 cores, 24 GiB, linux" }), ["processor"]);
  // The memory of a virtual machine has no part in rounding.
  assertEquals(between(NEW, { ...NEW, machine: "AMD EPYC, 2 cores, 23 GiB, linux" }), []);
});

Deno.test("runs on another GPU differ in kernels, and on another machine in processor", () => {
  const onGpu = { ...OLD, backend: "webgpu", device: "NVIDIA H100" };
  assertEquals(between(onGpu, onGpu), []);
  assertEquals(between(onGpu, { ...onGpu, device: "llvmpipe" }), ["kernels"]);
  assertEquals(between(onGpu, { ...onGpu, machine: "Intel, 2 cores, linux" }), ["processor"]);
});

Deno.test("runs that do not say their instructions are alike only on the same machine", () => {
  assertEquals(between(OLD, OLD), []);
  assertEquals(between(OLD, { ...OLD, machine: "AMD EPYC, 2 cores, 23 GiB, linux" }), [
    "processor",
  ]);
  assertEquals(between(OLD, { ...OLD, instructions: "AVX-512" }), ["processor"]);
});

Deno.test("runs differ in kernels by backend, threads, library, its variables, TensorFlow.js or our own kernels", () => {
  const changed = {
    backend: "wasm",
    threads: "2",
    library: "oneDNN 3.7",
    tfjs: "4.23.0",
    kernels: "2",
  };
  for (const [key, value] of Object.entries({ ...changed, variables: "ONEDNN_MAX_CPU_ISA=AVX2" })) {
    assertEquals(between(NEW, { ...NEW, [key]: value }), ["kernels"], key);
  }
  assertEquals(between(NEW, OLD), ["processor", "kernels"]);
});

Deno.test("runs differ in precision by the teacher's and the student's; a run without a teacher has one", () => {
  const f32 = { name: "cifar10-resnet26", hash: "h" };
  assertEquals(betweenRuns({}, { teacher: f32 }), ["precision"]);
  assertEquals(betweenRuns({}, { teacher: null }), []);
  const protocol = { ...specification.protocol, studentPrecision: "bf16" as const };
  assertEquals(betweenRuns({}, { protocol }), ["precision"]);
  assertEquals(betweenRuns({ protocol }, { protocol, teacher: null }), []);
});

Deno.test("among several runs, each condition that differs is named once", () => {
  const [a, b, c] = [NEW, { ...NEW, instructions: "AVX2" }, { ...NEW, threads: "2" }]
    .map((metadata) => conditionsOf(specification, metadata));
  assertEquals(conditionsThatDiffer([a, b, a, c]), ["processor", "kernels"]);
});
