import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { fgsmAttack } from "../../lib/attack/fgsm.ts";
import { assertClose } from "../numbers.ts";
import { onUsableBackends } from "../on_every_backend.ts";
import { linearProblem } from "./linear_problem.ts";
import { CLAMP, free } from "./results.ts";

onUsableBackends(
  "fgsmAttack() moves every pixel by ε against the label, or along the gradient",
  async () => {
    const { classifier, images, labels } = await linearProblem(3, 3);
    const signs = await fgsmAttack(classifier, images, { labels }, { epsilon: 0.1, clamp: CLAMP });
    const moved = tf.tidy(() => tf.abs(tf.sub(signs.samples, images)));
    assertClose(await moved.data(), new Float32Array(images.size).fill(0.1), 1e-5);
    const along = await fgsmAttack(classifier, images, { labels }, {
      norm: "l2",
      epsilon: 0.1,
      clamp: CLAMP,
    });
    assertClose(along.norms, [0.1, 0.1, 0.1], 1e-5);
    const none = await fgsmAttack(classifier, images, { labels }, { epsilon: 0, clamp: CLAMP });
    assertEquals([...await none.samples.data()], [...await images.data()]);
    assertEquals([...signs.steps], [1, 1, 1]);
    free(signs, along, none);
    tf.dispose([moved, images]);
    classifier.dispose();
  },
);
