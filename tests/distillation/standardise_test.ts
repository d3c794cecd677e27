import { assert } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { decoupledDivergence } from "../../lib/distillation/dkd.ts";
import { softCrossEntropy } from "../../lib/distillation/soft_cross_entropy.ts";
import { standardised } from "../../lib/distillation/standardise.ts";
import { checkGradients, weightedSum } from "../finite_differences.ts";
import { assertClose } from "../numbers.ts";
import { onFastBackends, onUsableBackends } from "../on_every_backend.ts";
import { valuesOf, valuesOfAll } from "../values_of.ts";
import { computedFrom, lossesOf } from "./one_step.ts";
import { logits } from "./plain_divergence.ts";

const STAGE = { name: "train", epochs: 4 };

onUsableBackends("standardised() has rows of mean 0 and unbiased deviation 1", async () => {
  const values = await valuesOf(() => standardised(tf.tensor2d([[1, 2, 3], [-4, -4, 8]])));
  const root = Math.sqrt(3);
  assertClose(values, [-1, 0, 1, -1 / root, -1 / root, 2 / root], 1e-5);
});

onUsableBackends("standardised() has a gradient that agrees with finite differences", async () => {
  await checkGradients((x) => weightedSum(standardised(x as tf.Tensor2D)), () => [logits("x")]);
});

onUsableBackends("standardised() stays finite for equal logits", async () => {
  const values = await valuesOfAll(() => {
    const { value, grad } = tf.valueAndGrad((x) =>
      softCrossEntropy(logits("teacher"), standardised(x as tf.Tensor2D), 1)
    )(tf.ones([4, 5]));
    return [value, grad];
  });
  assert(values.flat().every(Number.isFinite), JSON.stringify(values));
});

for (const method of ["hinton", "attention+hinton", "bss"]) {
  onFastBackends(`${method} compares standardised logits if told so`, async () => {
    const { distillation } = await lossesOf(method, STAGE, { options: { standardise: true } });
    const expected = await computedFrom(({ teacher, student }) =>
      softCrossEntropy(standardised(teacher.logits), standardised(student.logits), 3)
    );
    assertClose([distillation], [3.25 * expected], 1e-5);
  });
}

onFastBackends("bss standardises the logits of its samples, too", async () => {
  const boundary = async (standardise: boolean) =>
    (await lossesOf("bss", STAGE, { options: { standardise } })).boundary;
  const [plain, standardised] = [await boundary(false), await boundary(true)];
  assert(plain > 0 && standardised > 0 && Math.abs(plain / standardised - 1) > 1e-3);
});

onFastBackends("dkd compares standardised logits if told so", async () => {
  const options = { standardise: true, warmUpShare: 0 };
  const { target_class, other_classes } = await lossesOf("dkd", STAGE, { options });
  for (const [part, loss] of [["target", target_class], ["others", other_classes]] as const) {
    const expected = await computedFrom(({ teacher, student, labels }) => {
      const [of, to] = [teacher, student].map(({ logits }) => standardised(logits));
      return decoupledDivergence(labels, of, to, 4)[part];
    });
    assertClose([loss], [expected], 1e-4);
  }
});
