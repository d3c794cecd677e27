import { assert, assertEquals, assertRejects } from "@std/assert";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { checkParity } from "../../lib/parity/check_parity.ts";
import type { Comparison } from "../../lib/parity/compare.ts";
import { decodeSafetensors, encodeSafetensors } from "../../lib/nn/safetensors.ts";
import { UserError } from "../../lib/user_error.ts";
import {
  automaticBackend,
  computedOn,
  fastBackends,
  onAutomaticBackend,
  registeredOn,
} from "../on_every_backend.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

const FOLDER = fileURLToPath(new URL("./fashion", import.meta.url));

/** What the step with boundary supporting samples takes. */
const FILES = [
  "bss_step.safetensors",
  "student_resnet8.safetensors",
  "teacher_resnet14.safetensors",
];

/** Copies them. */
async function withStep(test: (folder: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    for (const name of FILES) await Deno.copyFile(join(FOLDER, name), join(folder, name));
    await test(folder);
  });
}

async function failures(folder: string): Promise<Comparison[]> {
  const comparisons = await Array.fromAsync(checkParity(folder));
  assert(comparisons.length > 100, `${comparisons.length} quantities`);
  return comparisons.filter(({ passed }) => !passed);
}

const onOtherBackends = registeredOn(fastBackends.filter((name) => name !== automaticBackend));

// All quantities take minutes where a backend is slow; attacks and losses have tests on each besides.
onAutomaticBackend(
  "the library agrees with published PyTorch code in every quantity",
  async () => assertEquals(await failures(FOLDER), []),
);

onOtherBackends(
  "a step with boundary supporting samples agrees with published PyTorch code",
  () => withStep(async (folder) => assertEquals(await failures(folder), [])),
);

Deno.test("parity fails where a weight of the teacher is another one", async () => {
  await withStep(async (folder) => {
    const file = join(folder, "teacher_resnet14.safetensors");
    const content = decodeSafetensors(await Deno.readFile(file), file);
    content.tensors.get("layer2.0.conv1.weight")!.data[5] += 0.5;
    await Deno.writeFile(file, encodeSafetensors(content));
    await computedOn(async () => {
      for await (const { quantity, passed } of checkParity(folder)) {
        if (quantity.startsWith("teacher logits")) return assert(!passed);
      }
      throw new Error("the logits of the teacher were not compared");
    }, automaticBackend);
  });
});

Deno.test("parity says what is wrong with a folder that is none", async () => {
  const read = (folder: string) => () => Array.fromAsync(checkParity(folder));
  await assertRejects(read("/nowhere"), UserError, "cannot read the folder /nowhere");
  await assertRejects(read(join(FOLDER, "..")), UserError, "holds no safetensors files");
});
