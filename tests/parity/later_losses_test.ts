import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeSafetensors, encodeSafetensors } from "../../lib/nn/safetensors.ts";
import { GoldenFolder } from "../../lib/parity/golden_folder.ts";
import { compareLaterLosses } from "../../lib/parity/later_losses.ts";
import { onAutomaticBackend, onUsableBackends } from "../on_every_backend.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

const GOLDEN = fileURLToPath(new URL("../golden/fashion", import.meta.url));
const FILE = "later_losses.safetensors";
const BYTES = await Deno.readFile(join(GOLDEN, FILE));
const NAMES = [...decodeSafetensors(BYTES, FILE).tensors.keys()];
const LOSSES = NAMES.filter((name) => NAMES.includes(`${name}_grad`));

const compared = async (folder: string) =>
  await Array.fromAsync(compareLaterLosses(await GoldenFolder.open(folder)));

onUsableBackends("compareLaterLosses() passes every loss and gradient of the file", async () => {
  const comparisons = await compared(GOLDEN);
  assertEquals(comparisons.filter(({ passed }) => !passed), []);
  assertEquals(
    comparisons.map(({ quantity }) => quantity),
    LOSSES.flatMap((name) => [name, `${name}, gradient`]),
  );
});

onAutomaticBackend("compareLaterLosses() fails just the loss that was changed", async () => {
  for (const name of LOSSES) {
    await withTemporaryFolder(async (folder) => {
      const content = decodeSafetensors(BYTES, FILE);
      content.tensors.get(name)!.data[0] *= 1.0001;
      await Deno.writeFile(join(folder, FILE), encodeSafetensors(content));
      const failed = (await compared(folder)).filter(({ passed }) => !passed);
      assertEquals(failed.map(({ quantity }) => quantity), [name]);
    });
  }
});
