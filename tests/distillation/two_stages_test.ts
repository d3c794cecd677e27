import { assertEquals, assertThrows } from "@std/assert";
import { resolveMethodOptions } from "../../lib/distillation/method.ts";
import { methodNamed } from "../../lib/distillation/methods.ts";
import { UserError } from "../../lib/user_error.ts";

const epochsOf = (name: string, epochs: number, options = {}) => {
  const method = methodNamed(name);
  return method.stages(resolveMethodOptions(method, options), epochs)
    .map((stage) => [stage.name, stage.epochs]);
};

Deno.test("a first stage lasts a share of the epochs, and at least one", () => {
  assertEquals(epochsOf("fitnet", 80), [["hint", 40], ["train", 80]]);
  assertEquals(epochsOf("fitnet", 80, { hintShare: 0.1 }), [["hint", 8], ["train", 80]]);
  assertEquals(epochsOf("fsp", 80, { fspShare: 0.1 }), [["fsp", 8], ["train", 80]]);
  assertEquals(epochsOf("fsp", 5, { fspShare: 0.35 }), [["fsp", 2], ["train", 5]]);
  assertEquals(epochsOf("fsp+bss", 1, { fspShare: 0.1 }), [["fsp", 1], ["train", 1]]);
});

Deno.test("a method of two stages has the options of both", () => {
  const options = resolveMethodOptions(methodNamed("fsp+bss"), {
    attack: "deepfool",
    fspWeight: 3,
  });
  assertEquals([options.fspWeight, options.fspShare, options.overshoot], [3, 0.5, 0.02]);
  assertThrows(
    () => resolveMethodOptions(methodNamed("fsp+bss"), { attack: "deepfool", eta: 1 }),
    UserError,
    'fsp+bss has no option "eta"; it has fspShare, fspWeight, overshoot',
  );
});

Deno.test("each stage costs as much as its method", () => {
  const passes = (name: string, stage: string) => {
    const method = methodNamed(name);
    return method.passes(resolveMethodOptions(method), 256, stage);
  };
  assertEquals(passes("fsp", "fsp"), { student: 3, teacher: 1 });
  assertEquals(passes("fsp", "train"), passes("original", "train"));
  assertEquals(passes("fsp+bss", "train"), passes("bss", "train"));
  assertEquals(passes("fitnet", "train"), passes("hinton", "train"));
});
