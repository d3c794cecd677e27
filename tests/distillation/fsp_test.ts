import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { fspLosses } from "../../lib/distillation/fsp.ts";
import { assertClose } from "../numbers.ts";
import { onFastBackends } from "../on_every_backend.ts";
import { computedFrom, lossesOf } from "./one_step.ts";

const FSP = { name: "fsp", epochs: 2 };
const TRAIN = { name: "train", epochs: 4 };

for (const method of ["fsp", "fsp+bss"]) {
  onFastBackends(`${method}'s first stage has only the FSP losses of all pairs`, async () => {
    const expected = await computedFrom(({ teacher, student }) =>
      tf.addN(fspLosses(teacher.features, student.features)) as tf.Scalar
    );
    for (const fspWeight of [1, 10]) {
      const losses = await lossesOf(method, FSP, { options: { fspWeight } });
      assertEquals(Object.keys(losses), ["fsp"]);
      assertClose([losses.fsp], [fspWeight * expected], 1e-5);
    }
  });
}

onFastBackends(
  "the second stage of fsp is original, and the second stage of fsp+bss is bss",
  async () => {
    assertEquals(await lossesOf("fsp", TRAIN), await lossesOf("original", TRAIN));
    const attack = { options: { step: "newton", eta: 1.2 } };
    const bss = await lossesOf("bss", TRAIN, attack);
    assert(bss.boundary > 0);
    assertEquals(await lossesOf("fsp+bss", TRAIN, attack), bss);
  },
);
