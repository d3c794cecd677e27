import { assert, assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../../lib/user_error.ts";
import { onFastBackends } from "../on_every_backend.ts";
import { outcomeOf } from "../training/outcome_of.ts";
import { smallSpecification } from "../training/small_run.ts";

onFastBackends(
  "attention transfer brings the student's maps closer to the teacher's",
  async (backend) => {
    const specification = smallSpecification("attention", { epochs: 8 });
    const { rows } = await outcomeOf(specification, backend);
    const [first, last] = [rows[0], rows.at(-1)!].map((row) => Number(row.loss_attention));
    assert(first > 0 && last < first, `${first} → ${last}`);
    assertEquals(rows[0].loss_distillation, undefined);
  },
);

onFastBackends("attention+hinton has Hinton's term, too", async (backend) => {
  const { rows } = await outcomeOf(smallSpecification("attention+hinton"), backend);
  assert(Number(rows[0].loss_distillation) > 0 && Number(rows[0].loss_attention) > 0);
});

onFastBackends(
  "attention transfer with weight 0 trains as the labels alone do",
  async (backend) => {
    const weightless = smallSpecification("attention", { epochs: 1, options: { weight: 0 } });
    const [a, b] = [
      await outcomeOf(weightless, backend),
      await outcomeOf(smallSpecification("original", { epochs: 1 }), backend),
    ];
    assertEquals(a.rows[0].loss_cross_entropy, b.rows[0].loss_cross_entropy);
    assertEquals(a.weights, b.weights);
  },
);

onFastBackends("attention transfer needs a teacher", async (backend) => {
  await assertRejects(
    () => outcomeOf(smallSpecification("attention"), backend, { teacher: null }),
    UserError,
    "needs a teacher",
  );
});
