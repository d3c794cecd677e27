import { assert, assertEquals, assertRejects } from "@std/assert";
import { resolveMethodOptions } from "../../lib/distillation/method.ts";
import { methodNamed } from "../../lib/distillation/methods.ts";
import { countedNetwork } from "../../lib/nn/frozen_classifier.ts";
import type { RunSpecification } from "../../lib/training/run_specification.ts";
import type { TrainingInput } from "../../lib/training/train.ts";
import { UserError } from "../../lib/user_error.ts";
import { oneStep, stateFor } from "../distillation/one_step.ts";
import { testClassifier, testNetwork, TINY, TINY_WIDE } from "../networks.ts";
import { onFastBackends, onUsableBackends } from "../on_every_backend.ts";
import { outcomeOf } from "./outcome_of.ts";
import { smallSpecification, smallTeacher, withFolder } from "./small_run.ts";

const wideTeacher = () => testClassifier(TINY_WIDE, "teacher");

for (const name of ["original", "bss", "fitnet", "attention"]) {
  const onBackends = name === "bss" ? onUsableBackends : onFastBackends;
  onBackends(
    `with a wide teacher, method ${name} lowers the loss of a wide student and of a ResNet`,
    async (backend) => {
      const teacher = wideTeacher();
      // Plain JavaScript is fifty times as slow.
      const students = backend === "cpu" ? [TINY_WIDE] : [TINY_WIDE, TINY];
      const method = methodNamed(name);
      const options = name === "bss" ? { step: "newton", eta: 1.2 } : {};
      for (const stage of method.stages(resolveMethodOptions(method), 2)) {
        for (const architecture of students) {
          const state = stateFor(name, teacher, testNetwork(architecture, "student"));
          const losses: number[] = [];
          for (let step = 0; step < 3; step++) {
            const { row } = await oneStep(name, { state, teacher, stage, options });
            losses.push(Number(row.loss));
          }
          assert(losses[2] < losses[0], `stage ${stage.name}: ${losses}`);
          state.dispose();
        }
      }
      teacher.dispose();
    },
  );
}

/** Trains a wide student with a wide teacher. */
async function wideOutcome(backend: string, input: Partial<TrainingInput> = {}) {
  const teacher = wideTeacher();
  try {
    const specification: RunSpecification = { ...smallSpecification("bss"), student: "wrn-10-1" };
    return await outcomeOf(specification, backend, { ...input, teacher });
  } finally {
    teacher.dispose();
  }
}

onFastBackends(
  "train() resumes a wide student bit for bit after a stop anywhere",
  async (backend) => {
    const whole = await wideOutcome(backend);
    assert(whole.rows.some(({ attacked }) => Number(attacked) > 0));
    await withFolder(async (checkpoints) => {
      const messages: string[] = [];
      const onMessage = (text: string) => messages.push(text);
      // Two epochs of two mini-batches
      for (let stops = 0; stops < 4; stops++) {
        const abort = new AbortController();
        const stop = { signal: abort.signal, onProgress: () => abort.abort() };
        const run = () => wideOutcome(backend, { checkpoints, onMessage, ...stop });
        await assertRejects(run, DOMException);
      }
      assertEquals(await wideOutcome(backend, { checkpoints, onMessage }), whole);
      assertEquals(messages.length, 4);
    });
  },
);

onFastBackends(
  "train() refuses a wide student in bfloat16 before its teacher sees an image",
  async (backend) => {
    const { protocol, ...rest } = smallSpecification("hinton");
    const specification: RunSpecification = {
      ...rest,
      student: "wrn-10-1",
      protocol: { ...protocol, studentPrecision: "bf16" },
    };
    let passes = 0;
    const teacher = countedNetwork(smallTeacher(), () => passes++);
    await assertRejects(
      () => outcomeOf(specification, backend, { teacher }),
      UserError,
      "a wrn-10-1 runs only in f32, not in bf16; choose f32",
    );
    assertEquals(passes, 0);
    teacher.dispose();
  },
);
