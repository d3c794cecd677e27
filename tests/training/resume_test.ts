import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { defineMethod } from "../../lib/distillation/method.ts";
import { methods } from "../../lib/distillation/methods.ts";
import { crossEntropy } from "../../lib/distillation/soft_cross_entropy.ts";
import type { FrozenNetwork } from "../../lib/nn/frozen_classifier.ts";
import type { RunSpecification } from "../../lib/training/run_specification.ts";
import type { TrainingInput } from "../../lib/training/train.ts";
import { UserError } from "../../lib/user_error.ts";
import { onFastBackends } from "../on_every_backend.ts";
import { outcomeOf } from "./outcome_of.ts";
import { smallSpecification, smallTeacher, withFolder } from "./small_run.ts";

/** Changes the batch size: three mini-batches an epoch, the last one smaller. */
function inThrees(specification: RunSpecification): RunSpecification {
  return { ...specification, protocol: { ...specification.protocol, batchSize: 7 } };
}

/** Continues a run until it is stopped or ends; gives null if it was stopped. */
async function goOn(
  specification: RunSpecification,
  backend: string,
  abort: AbortController,
  input: Partial<TrainingInput>,
) {
  try {
    return await outcomeOf(specification, backend, { ...input, signal: abort.signal });
  } catch (error) {
    if (error === abort.signal.reason) return null;
    throw error;
  }
}

/** Continues a run for one mini-batch; the last one of an epoch stops in the evaluation. */
async function goOnForOne(
  specification: RunSpecification,
  backend: string,
  input: Partial<TrainingInput>,
) {
  const abort = new AbortController();
  return await goOn(specification, backend, abort, {
    ...input,
    onProgress: ({ row }) => row || abort.abort(),
  });
}

for (const { name } of methods) {
  onFastBackends(
    `train() with method ${name} resumes bit for bit after a stop anywhere in every stage`,
    async (backend) => {
      const specification = inThrees(smallSpecification(name));
      const whole = await outcomeOf(specification, backend);
      await withFolder(async (checkpoints) => {
        const messages: string[] = [];
        const input = { checkpoints, onMessage: (text: string) => messages.push(text) };
        let resumed = null;
        for (let stops = 0; !resumed && stops <= 3 * whole.rows.length; stops++) {
          resumed = await goOnForOne(specification, backend, input);
        }
        assertEquals(resumed, whole);
        assertEquals(
          messages,
          whole.rows.flatMap(({ epoch }) =>
            [1, 2, 3].map((step) => `resuming after mini-batch ${step} of epoch ${epoch}`)
          ),
        );
      });
    },
  );
}

onFastBackends("train() resumes after an epoch, too", async (backend) => {
  const specification = smallSpecification();
  const whole = await outcomeOf(specification, backend);
  await withFolder(async (checkpoints) => {
    const messages: string[] = [];
    const abort = new AbortController();
    const onProgress = ({ row }: { row?: unknown }) => row && abort.abort();
    assertEquals(await goOn(specification, backend, abort, { checkpoints, onProgress }), null);
    const steps: number[] = [];
    const resumed = await outcomeOf(specification, backend, {
      checkpoints,
      onMessage: (text) => messages.push(text),
      onProgress: ({ step }) => steps.push(step),
    });
    assertEquals(resumed, whole);
    assertEquals(messages, ["resuming after epoch 1"]);
    assertEquals(steps, [3, 4, 4]);
  });
});

/** Specifies a run that draws from every stream, and takes many passes through the teacher. */
const withAttack = (options: Record<string, unknown> = {}) =>
  smallSpecification("bss", { options: { baseRule: "random", ...options } });

/** Makes a teacher that calls `onPullback` before each pass with a gradient. */
function watchedTeacher(onPullback: () => void): FrozenNetwork {
  const teacher = smallTeacher();
  const pullback = teacher.pullback.bind(teacher);
  return Object.assign(teacher, {
    pullback(images: Parameters<typeof pullback>[0]) {
      onPullback();
      return pullback(images);
    },
  });
}

onFastBackends(
  "train() discards a mini-batch that is stopped in its attack",
  async (backend) => {
    const attack = { attack: "pgd", randomStart: true, epsilon: 0.3, maxSteps: 4 };
    const { step: _, eta: __, ...options } = withAttack().options;
    const specification = { ...withAttack(), options: { ...options, ...attack } };
    const whole = await outcomeOf(specification, backend);
    await withFolder(async (checkpoints) => {
      const messages: string[] = [];
      // These passes are in the second attack: one pass for the clean images, then five for each attack.
      for (const passes of [9, 4]) {
        let count = 0;
        const abort = new AbortController();
        const teacher = watchedTeacher(() => ++count === passes && abort.abort());
        const onMessage = (text: string) => messages.push(text);
        const stopped = await goOn(specification, backend, abort, {
          checkpoints,
          teacher,
          onMessage,
        });
        teacher.dispose();
        assertEquals(stopped, null);
        assertEquals(count, passes);
      }
      assertEquals(await outcomeOf(specification, backend, { checkpoints }), whole);
      assertEquals(messages, ["resuming after mini-batch 1 of epoch 1"]);
    });
  },
);

/** The time of the hurrying clock. It never goes back, since `stopPoint` remembers its last turn. */
let hurriedTime = 0;

/** Runs something under a clock that moves on by a quarter of a second at each look. */
async function withHurryingClock<T>(run: () => Promise<T>): Promise<T> {
  const { now } = performance;
  hurriedTime = Math.max(hurriedTime, now.call(performance));
  performance.now = () => hurriedTime += 250;
  try {
    return await run();
  } finally {
    performance.now = now;
  }
}

onFastBackends("train() stops soon, however long its attack would take", async (backend) => {
  const specification = smallSpecification("bss");
  const { step: _, eta: __, ...options } = specification.options;
  const attack = { attack: "carlini-wagner", searchSteps: 100, maxSteps: 10_000 };
  const abort = new AbortController();
  let passes = 0;
  const teacher = watchedTeacher(() => {
    passes++;
    // A person's Stop comes through the event loop, too.
    if (passes === 3) setTimeout(() => abort.abort(), 0);
    if (passes === 30) throw new Error("the attack goes on");
  });
  const stopped = { ...specification, options: { ...options, ...attack } };
  const outcome = await withHurryingClock(() => goOn(stopped, backend, abort, { teacher }));
  teacher.dispose();
  assertEquals([outcome, passes], [null, 3]);
});

onFastBackends(
  "train() falls back from a damaged checkpoint to the one before, and ends in the same bits",
  async (backend) => {
    const specification = inThrees(smallSpecification());
    const whole = await outcomeOf(specification, backend);
    await withFolder(async (checkpoints) => {
      for (let step = 1; step <= 2; step++) {
        assertEquals(await goOnForOne(specification, backend, { checkpoints }), null);
      }
      const newest = join(checkpoints, "epoch-00001-step-00000002.safetensors");
      await Deno.truncate(newest, 1000);
      const messages: string[] = [];
      const onMessage = (text: string) => messages.push(text);
      const resumed = await outcomeOf(specification, backend, { checkpoints, onMessage });
      assertEquals(resumed, whole);
      assertStringIncludes(messages[0], newest);
      assertEquals(messages.slice(1), ["resuming after mini-batch 1 of epoch 1"]);
    });
  },
);

onFastBackends(
  "train() leaves its checkpoints unchanged if it is stopped at once",
  async (backend) => {
    await withFolder(async (checkpoints) => {
      const atOnce = () =>
        outcomeOf(smallSpecification(), backend, { checkpoints, signal: AbortSignal.abort() });
      await assertRejects(atOnce, DOMException, "aborted");
      await assertRejects(() => Deno.stat(checkpoints), Deno.errors.NotFound);
      await goOnForOne(smallSpecification(), backend, { checkpoints });
      const file = join(checkpoints, "epoch-00001-step-00000001.safetensors");
      const before = await Deno.readFile(file);
      await assertRejects(atOnce, DOMException, "aborted");
      assertEquals(await Deno.readFile(file), before);
    });
  },
);

onFastBackends("train() resumes a method's variables of any rank, in float32", async (backend) => {
  const methodWith = (create: () => tf.Variable) =>
    defineMethod({
      name: "mine",
      summary: "A method with a variable",
      options: {},
      needsTeacher: false,
      createVariables: () => new Map([["w", tf.tidy(create)]]),
      async step(_options, { images, labels, studentPass }) {
        await studentPass(
          images,
          ({ logits }) => ({ cross_entropy: crossEntropy(labels, logits) }),
        );
      },
    });
  const specification = { ...smallSpecification("original"), method: "mine" };
  for (const shape of [[], [2, 1, 3]]) {
    await withFolder(async (checkpoints) => {
      let made: tf.Variable;
      const method = methodWith(() => made = tf.variable(tf.ones(shape), false));
      const abort = new AbortController();
      await assertRejects(() =>
        outcomeOf(specification, backend, {
          method,
          checkpoints,
          signal: abort.signal,
          onProgress: ({ step }) => {
            tf.tidy(() => made.assign(tf.fill(shape, 7)));
            if (step === 1) abort.abort();
          },
        }), DOMException);
      let resumed: unknown;
      await outcomeOf(specification, backend, {
        method,
        checkpoints,
        onProgress: ({ step }) => {
          if (step === 2) resumed = made.arraySync();
        },
      });
      assertEquals(resumed, tf.tidy(() => tf.fill(shape, 7).arraySync()));
      await assertRejects(
        () => {
          const method = methodWith(() => tf.variable(tf.ones([2]), false));
          return outcomeOf(specification, backend, { method, checkpoints });
        },
        UserError,
        'no variable "method/w" of shape [2]; the method has changed since',
      );
    });
  }
  const counting = methodWith(() => tf.variable(tf.scalar(1, "int32"), false));
  await assertRejects(
    () => outcomeOf(specification, backend, { method: counting }),
    UserError,
    'the variable "w" of method "mine" is int32',
  );
});
