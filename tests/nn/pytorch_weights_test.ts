import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { findPython } from "../../lib/bench/pytorch_peer.ts";
import type { Architecture } from "../../lib/nn/architecture.ts";
import { nchwToNhwc } from "../../lib/nn/layout.ts";
import { encodeResNet, readResNet } from "../../lib/nn/weights_file.ts";
import { UserError } from "../../lib/user_error.ts";
import { testNetwork } from "../networks.ts";
import { valuesOf } from "../values_of.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

const SCRIPT = fileURLToPath(new URL("pytorch_weights.py", import.meta.url));
const found = await findPython();
const ignore = "reason" in found;
const missing = "reason" in found ? ` (skipped: ${found.reason})` : "";

/** Runs a test with the weights of a network, the logits that PyTorch gives, and its files. */
async function withPytorch(
  architecture: Architecture,
  test: (folder: string, weights: string, logits: number[][]) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const network = testNetwork(architecture);
    const weights = join(folder, "student.safetensors");
    await Deno.writeFile(weights, await encodeResNet(network, { note: "a student" }));
    network.dispose();
    const { success, stdout, stderr } = await new Deno.Command(
      (found as { python: string }).python,
      { args: ["-B", SCRIPT, weights, folder] },
    ).output();
    assert(success, new TextDecoder().decode(stderr));
    await test(folder, weights, JSON.parse(new TextDecoder().decode(stdout)));
  });
}

Deno.test({
  name: `encodeResNet() writes weights that PyTorch loads, with the same logits${missing}`,
  ignore,
  async fn() {
    await withPytorch(
      { depth: 8, width: 2, channels: 3, classes: 5 },
      async (_, weights, logits) => {
        const { network } = await readResNet(weights);
        const shape = [2, 3, 8, 8];
        const pixels = Float32Array.from({ length: 2 * 3 * 64 }, (_, k) => k * 37 % 101 / 50 - 1);
        const ours = await valuesOf(() => {
          const images = tf.tensor4d(nchwToNhwc(pixels, shape), [2, 8, 8, 3]);
          return network.forward(images, { training: false }).logits;
        });
        network.dispose();
        const theirs = logits.flat();
        assertEquals(ours.length, theirs.length);
        ours.forEach((value, k) => assert(Math.abs(value - theirs[k]) < 1e-5, `${ours} ${theirs}`));
      },
    );
  },
});

Deno.test({
  name: `readResNet() reads the files of torch.save byte for byte, or says what they are${missing}`,
  ignore,
  async fn() {
    await withPytorch({ depth: 8, channels: 1, classes: 4 }, async (folder, weights) => {
      const whole = await readResNet(weights);
      for (const name of ["plain", "parallel", "parameters"]) {
        const { network, hash } = await readResNet(join(folder, `${name}.pth`));
        assertEquals(network.architecture, whole.network.architecture);
        assertEquals(hash, whole.hash, name);
        network.dispose();
      }
      whole.network.dispose();
      const fails = (name: string, reason: string) =>
        assertRejects(() => readResNet(join(folder, `${name}.pth`)), UserError, reason);
      await fails("double", 'tensor "conv1.weight" is float64');
      await fails("whole", "it needs Python's pytorch_step.ResNet");
      await fails("old", "from before PyTorch 1.6");
    });
  },
});
