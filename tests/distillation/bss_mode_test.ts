import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { AttackResult, Outcome } from "../../lib/attack/attack.ts";
import { bss } from "../../lib/distillation/bss.ts";
import { resolveMethodOptions, type StepContext } from "../../lib/distillation/method.ts";
import { softCrossEntropy } from "../../lib/distillation/soft_cross_entropy.ts";
import { assertClose } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { valuesOf } from "../values_of.ts";

const OUTCOMES: Outcome[] = [
  "third class",
  "crossed to target",
  "not crossed",
  "crossed to target",
];
/** The teacher's logits on the samples of an attack. */
const ON_SAMPLES = [[0, 0, 2], [1, 3, 0], [4, 1, 0], [0, 2, 1]];

/**
 * Takes a step on four images; gives the images attacked, the samples that the student saw, their term,
 * and the stream of each random number.
 */
async function boundaryPass(options: Readonly<Record<string, unknown>>) {
  const owned: tf.Tensor[] = [];
  const own = <T extends tf.Tensor>(tensor: T) => (owned.push(tensor), tensor);
  const images = own(tf.zeros([4, 1, 1, 1])) as tf.Tensor4D;
  const logits = own(tf.tensor2d([[3, 0, 0], [3, 0, 0], [3, 0, 0], [3, 0, 0]]));
  const found = {
    attacked: [] as number[],
    seen: [] as number[],
    boundary: NaN,
    streams: [] as string[],
  };
  const context: Partial<StepContext> = {
    images,
    labels: own(tf.tensor1d([0, 0, 0, 0], "int32")),
    labelValues: Int32Array.of(0, 0, 0, 0),
    epoch: 1,
    epochs: 4,
    own,
    random: (stream) => () => {
      found.streams.push(stream);
      return 0;
    },
    teacherPass: () => Promise.resolve(logits),
    async studentPass(input, loss) {
      if (input !== images) {
        found.seen = [...await input.data()];
        const outputs = own(tf.tensor2d(found.seen.map((sample) => [sample, 1, 2])));
        [found.boundary] = await valuesOf(() => loss({ logits: outputs, features: [] }).boundary);
      }
      return logits;
    },
    attackTeacher(_attack, rows) {
      found.attacked = Array.from(rows);
      return Promise.resolve({
        samples: own(tf.tensor4d([10, 11, 12, 13], [4, 1, 1, 1])),
        logits: own(tf.tensor2d(ON_SAMPLES)),
        outcomes: OUTCOMES,
        success: OUTCOMES.map((outcome) => outcome === "crossed to target"),
        steps: new Int32Array(4),
        norms: new Float32Array(4),
      } as AttackResult);
    },
  };
  await bss.step(resolveMethodOptions(bss, options), context as StepContext);
  tf.dispose(owned);
  return found;
}

onUsableBackends(
  "the mode of the text takes just the samples that crossed to their target, each with its own logits",
  async () => {
    for (const [mode, rows] of [["published", [0, 1, 2, 3]], ["paper", [1, 3]]] as const) {
      const { seen, boundary } = await boundaryPass({ mode });
      assertEquals(seen, rows.map((row) => 10 + row), mode);
      const [expected] = await valuesOf(() =>
        softCrossEntropy(
          tf.tensor2d(rows.map((row) => ON_SAMPLES[row])),
          tf.tensor2d(rows.map((row) => [10 + row, 1, 2])),
          3,
        )
      );
      assertClose([boundary], [4 / 3 * expected], 1e-5, mode);
    }
  },
);

onUsableBackends("bss attacks the images that its rule selects", async () => {
  const attacked = async (options: Record<string, unknown>) =>
    (await boundaryPass({ baseSamples: 2, ...options })).attacked;
  assertEquals(await attacked({}), [0, 1]);
  assertEquals(await attacked({ baseRule: "all" }), [0, 1, 2, 3]);
});

onUsableBackends(
  "bss draws target classes from a stream of their own, one for each base sample",
  async () => {
    const { streams } = await boundaryPass({ baseSamples: 2, baseRule: "random" });
    assertEquals(streams, [...Array(4).fill("base samples"), ...Array(2).fill("target class")]);
  },
);
