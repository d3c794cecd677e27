import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { fileURLToPath } from "node:url";
import { startBackend } from "../../lib/backend/start_backend.ts";
import type { Configuration } from "../../lib/bench/configuration.ts";
import { goldenWorkload } from "../../lib/bench/golden_workload.ts";
import { PreparedWorkload } from "../../lib/bench/prepared_workload.ts";
import { randomWorkload } from "../../lib/bench/random_workload.ts";
import { PARTS, runForward, runStep } from "../../lib/bench/run_step.ts";
import { compareWork } from "../../lib/bench/same_work.ts";
import { stepFlops } from "../../lib/bench/measure_step.ts";
import { forwardFlops, trainingFlops } from "../../lib/training/cost.ts";
import { UserError } from "../../lib/user_error.ts";
import { onBfloat16 } from "../backend/onednn/on_onednn.ts";

const GOLDEN = fileURLToPath(new URL("../golden/fashion", import.meta.url));
const small = { batch: 12, student: "resnet8", teacher: "resnet8" };
const plain = { name: "plain" };

Deno.test("runStep() has the attack steps and losses of the reference numbers", async () => {
  await startBackend("wasm");
  const workload = await goldenWorkload(GOLDEN);
  const prepared = await PreparedWorkload.prepare(workload, plain);
  const { outcome } = await runStep("bss", prepared);
  prepared.dispose();
  const { same, sentence } = compareWork(outcome, workload.expected!, "the reference numbers");
  assert(same, sentence);
});

Deno.test("runStep() takes the same step again after restore(), and leaks nothing", async () => {
  await startBackend("wasm");
  const workload = await randomWorkload(small);
  const before = tf.memory().numTensors;
  const prepared = await PreparedWorkload.prepare(workload, plain);
  const first = await runStep("bss", prepared);
  const moved = await runStep("bss", prepared);
  const steady = tf.memory().numTensors;
  prepared.restore();
  const again = await runStep("bss", prepared);
  assertEquals(again.outcome, first.outcome);
  assert(moved.outcome.terms.cross_entropy !== first.outcome.terms.cross_entropy);
  assert(await runForward(prepared.teacher, prepared.images) > 0);
  assertEquals(tf.memory().numTensors, steady);
  prepared.dispose();
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("runStep() attacks random images, and no part takes longer than the whole", async () => {
  await startBackend("wasm");
  const workload = await randomWorkload(small);
  const prepared = await PreparedWorkload.prepare(workload, plain);
  const { ms, parts, outcome, work } = await runStep("bss", prepared);
  prepared.dispose();
  assertEquals(outcome.steps.length, 3);
  assert(outcome.steps.every((steps) => steps >= 1), `${outcome.steps}`);
  assert(PARTS.every((part) => parts[part] >= 0 && parts[part] <= ms));

  const size = { height: 32, width: 32 };
  const steps = outcome.steps.reduce((sum, value) => sum + value, 0);
  assertEquals(work.student, 12 + 3);
  assertEquals(work.teacherBackward, steps);
  assertEquals(
    stepFlops(workload, work),
    15 * trainingFlops(workload.student.architecture, size) +
      (work.teacherForward + work.teacherBackward) *
        forwardFlops(workload.teacher.architecture, size),
  );
});

Deno.test("runStep() with cached clean logits does the same without the teacher's clean pass", async () => {
  await startBackend("wasm");
  const workload = await randomWorkload(small);
  const prepared = await PreparedWorkload.prepare(workload, plain);
  const computed = await runStep("bss", prepared);
  prepared.dispose();
  const cached = await PreparedWorkload.prepare(workload, { name: "cached", cachedLogits: true });
  const step = await runStep("bss", cached);
  cached.dispose();
  assertEquals(step.outcome.steps, computed.outcome.steps);
  assert(compareWork(step.outcome, computed.outcome, "the step without cache").same);
  assert(step.work.teacherForward < computed.work.teacherForward);
});

Deno.test("runStep() of the student alone does not use the teacher", async () => {
  await startBackend("wasm");
  const prepared = await PreparedWorkload.prepare(await randomWorkload(small), plain);
  const { work, parts } = await runStep("original", prepared);
  prepared.dispose();
  assertEquals(work, { student: 12, teacherForward: 0, teacherBackward: 0 });
  assertEquals([parts.teacher, parts.attack], [0, 0]);
});

Deno.test("a workload is refused a student's precision that the backend lacks", async () => {
  await startBackend("wasm");
  const workload = await randomWorkload(small);
  await assertRejects(
    () => PreparedWorkload.prepare(workload, { name: "rounded", studentPrecision: "bf16" }),
    UserError,
    "choose from f32",
  );
});

onBfloat16(
  "runStep() takes the student's passes in the configuration's precision",
  async () => {
    const workload = await randomWorkload(small);
    const lossOf = async (configuration: Configuration) => {
      const prepared = await PreparedWorkload.prepare(workload, configuration);
      const { outcome } = await runStep("original", prepared);
      prepared.dispose();
      return outcome.terms.cross_entropy;
    };
    const exact = await lossOf(plain);
    const rounded = await lossOf({ name: "rounded", studentPrecision: "bf16" });
    assert(rounded !== exact, "bfloat16 was not used");
    assertAlmostEquals(rounded / exact, 1, 0.02);
  },
);
