import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeSafetensors, encodeSafetensors } from "../../lib/nn/safetensors.ts";
import { compareDistillationLosses } from "../../lib/parity/distillation_losses.ts";
import { GoldenFolder } from "../../lib/parity/golden_folder.ts";
import { UserError } from "../../lib/user_error.ts";
import { onFastBackends } from "../on_every_backend.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

const GOLDEN = fileURLToPath(new URL("../golden/fashion", import.meta.url));
const FILE = "distillation_losses.safetensors";

const compared = async (folder: string) =>
  await Array.fromAsync(compareDistillationLosses(await GoldenFolder.open(folder)));

onFastBackends("compareDistillationLosses() passes every loss and gradient", async () => {
  const comparisons = await compared(GOLDEN);
  assertEquals(comparisons.filter(({ passed }) => !passed), []);
  const kinds = ["Hinton's KL", "attention loss", "attention gradient", "hint loss"]
    .concat("FSP matrix", "FSP loss", "FSP gradient");
  assertEquals(
    kinds.map((kind) => comparisons.filter(({ quantity }) => quantity.startsWith(kind)).length),
    [1, 3, 3, 1, 1, 2, 3],
  );
});

onFastBackends(
  "compareDistillationLosses() fails just the quantity whose reference was changed",
  async () => {
    const expected = {
      hint_loss_stage1: "hint loss",
      fsp_loss: "FSP loss 0",
      fsp_grad2: "FSP gradient 2",
      attention_loss: "attention loss 0",
      attention_grad1: "attention gradient 1",
      hinton_kl_T4_times_T2: "Hinton's KL at T = 4, times T²",
    };
    for (const [name, quantity] of Object.entries(expected)) {
      await withTemporaryFolder(async (folder) => {
        const content = decodeSafetensors(await Deno.readFile(join(GOLDEN, FILE)), FILE);
        const { data } = content.tensors.get(name)!;
        const largest = Math.max(...Array.from(data, Math.abs));
        data[0] += 0.01 * largest;
        await Deno.writeFile(join(folder, FILE), encodeSafetensors(content));
        const failed = (await compared(folder)).filter(({ passed }) => !passed);
        assertEquals(failed.map((comparison) => comparison.quantity), [quantity]);
      });
    }
  },
);

onFastBackends("compareDistillationLosses() leaves no tensors if one is missing", async () => {
  for (const name of ["hinton_kl_T4_times_T2", "attention_grad1", "hint_loss_stage1", "fsp_loss"]) {
    await withTemporaryFolder(async (folder) => {
      const content = decodeSafetensors(await Deno.readFile(join(GOLDEN, FILE)), FILE);
      content.tensors.delete(name);
      await Deno.writeFile(join(folder, FILE), encodeSafetensors(content));
      await assertRejects(() => compared(folder), UserError, `holds no tensor "${name}"`);
    });
  }
});
