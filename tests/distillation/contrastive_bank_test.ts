import { assertAlmostEquals, assertEquals } from "@std/assert";
import type * as tf from "@tensorflow/tfjs";
import { contrastive } from "../../lib/distillation/contrastive.ts";
import type { DistillationMethod } from "../../lib/distillation/method.ts";
import { onAutomaticBackend } from "../on_every_backend.ts";
import { outcomeOf } from "../training/outcome_of.ts";
import { smallSpecification } from "../training/small_run.ts";

onAutomaticBackend(
  "an epoch of contrastive moves the row of every training image",
  async (backend) => {
    let own!: ReadonlyMap<string, tf.Variable>;
    const method: DistillationMethod = {
      ...contrastive,
      createVariables: (...args) => own = contrastive.createVariables!(...args),
    };
    const seen: number[][] = [];
    await outcomeOf(smallSpecification("contrastive", { epochs: 1 }), backend, {
      method,
      onProgress: ({ row }) => {
        for (const role of row ? ["student", "teacher"] : []) {
          const rows = own.get(`${role}.bank`)!.arraySync() as number[][];
          seen.push(rows.map((embedding) => Math.hypot(...embedding)));
        }
      },
    });
    assertEquals(seen.map(({ length }) => length), [20, 20]);
    // Only a moved row has exactly the length 1.
    for (const length of seen.flat()) assertAlmostEquals(length, 1, 1e-5);
  },
);
