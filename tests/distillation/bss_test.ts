import { assert, assertEquals, assertThrows } from "@std/assert";
import { resolveMethodOptions } from "../../lib/distillation/method_options.ts";
import { methodNamed } from "../../lib/distillation/methods.ts";
import { UserError } from "../../lib/user_error.ts";
import { assertClose } from "../numbers.ts";
import { onFastBackends } from "../on_every_backend.ts";
import { outcomeOf } from "../training/outcome_of.ts";
import { smallSpecification } from "../training/small_run.ts";
import { lossesOf } from "./one_step.ts";

const STAGE = { name: "train", epochs: 4 };
const STEP = { step: "newton", eta: 1.2 };

onFastBackends(
  "bss has the terms of hinton, and that of the samples on the boundary",
  async () => {
    const bss = await lossesOf("bss", STAGE, { options: STEP });
    const { boundary, ...others } = bss;
    assert(boundary > 0);
    const hinton = await lossesOf("hinton", STAGE);
    assertEquals(Object.keys(others), Object.keys(hinton));
    assertClose(Object.values(others), Object.values(hinton), 1e-5);
  },
);

onFastBackends(
  "the boundary term is in proportion to β, and gone in the last quarter",
  async () => {
    const boundary = async (beta: number, epoch = 1) =>
      (await lossesOf("bss", STAGE, { epoch, options: { ...STEP, beta } })).boundary;
    const usual = (await lossesOf("bss", STAGE, { options: STEP })).boundary;
    assertClose([await boundary(2), await boundary(5)], [usual, 2.5 * usual], 1e-5);
    assertEquals([await boundary(5, 3), await boundary(5, 4)], [undefined, undefined]);
  },
);

onFastBackends("bss with β = 0 trains as hinton does, bit for bit", async (backend) => {
  const without = smallSpecification("bss", { options: { beta: 0 } });
  const [a, b] = [
    await outcomeOf(without, backend),
    await outcomeOf(smallSpecification("hinton"), backend),
  ];
  assertEquals(a, b);
});

Deno.test("β = 2 goes without saying, whichever attack makes the samples", () => {
  for (const name of ["bss", "fsp+bss"]) {
    const method = methodNamed(name);
    assertEquals(resolveMethodOptions(method, { beta: 2 }), resolveMethodOptions(method));
    const options = resolveMethodOptions(method, { attack: "deepfool", beta: 0.5 });
    assertEquals([options.attack, options.beta], ["deepfool", 0.5]);
    assertThrows(() => resolveMethodOptions(method, { beta: -1 }), UserError, '"beta" is -1');
  }
});

Deno.test("bss with β = 0 costs what hinton does, without a limit of base samples as if all are attacked", () => {
  const passes = (name: string, options = {}) => {
    const method = methodNamed(name);
    return method.passes(resolveMethodOptions(method, options) as never, 256, "train");
  };
  assertEquals(passes("bss", { beta: 0 }), passes("hinton"));
  assert(passes("bss").teacher > passes("hinton").teacher);
  assertEquals(passes("bss", { baseRule: "all" }), passes("bss", { baseSamples: 256 }));
  assert(passes("bss", { baseRule: "all" }).teacher > passes("bss").teacher);
});
