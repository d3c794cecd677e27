import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../lib/files/project_root.ts";
import type { Architecture, Layers } from "../../lib/nn/architecture.ts";
import { weightToDisk, weightToMemory } from "../../lib/nn/layout.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
} from "../../lib/nn/safetensors.ts";
import { encodeResNet, readResNet } from "../../lib/nn/weights_file.ts";
import { UserError } from "../../lib/user_error.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { testNetwork, TINY_WIDE } from "../networks.ts";
import { uniformNumbers } from "../numbers.ts";

const tensors = new Map<string, StoredTensor>([
  ["a", { dtype: "F32", shape: [2, 3], data: uniformNumbers(6, "a") }],
  ["b", { dtype: "U8", shape: [5], data: Uint8Array.from([1, 2, 3, 4, 255]) }],
  ["c", { dtype: "I32", shape: [], data: Int32Array.from([-7]) }],
]);

Deno.test("safetensors files round-trip with tensors of every type and metadata", () => {
  const bytes = encodeSafetensors({ tensors, metadata: { note: "é" } });
  assertEquals(decodeSafetensors(bytes, "x"), { tensors, metadata: { note: "é" } });
});

Deno.test("decodeSafetensors() names the file and what is wrong with it", () => {
  const whole = encodeSafetensors({ tensors, metadata: {} });
  const longer = new Uint8Array(whole.length + 4);
  longer.set(whole);
  const garbled = whole.slice();
  garbled[9] = 0x21;
  for (
    const bytes of [whole.slice(0, -1), whole.slice(0, 20), new Uint8Array(0), longer, garbled]
  ) {
    assertThrows(
      () => decodeSafetensors(bytes, "w.safetensors"),
      UserError,
      "w.safetensors is not",
    );
  }
});

Deno.test("weights convert from PyTorch's layout to TensorFlow.js's and back", () => {
  // OIHW [2, 3, 1, 1] → HWIO [1, 1, 3, 2]
  const stored = Float32Array.from([1, 2, 3, 4, 5, 6]);
  const inMemory = weightToMemory(stored, [2, 3, 1, 1]);
  assertEquals(inMemory.shape, [1, 1, 3, 2]);
  assertEquals([...inMemory.data], [1, 4, 2, 5, 3, 6]);
  assertEquals(weightToDisk(inMemory.data, inMemory.shape), { data: stored, shape: [2, 3, 1, 1] });
  const filter = uniformNumbers(4 * 3 * 5 * 2, "filter");
  const there = weightToMemory(filter, [4, 3, 5, 2]);
  assertEquals(weightToDisk(there.data, there.shape).data, filter);
});

Deno.test("readResNet() reads the weights that encodeResNet() wrote, and a hash", async () => {
  await withTemporaryFolder(async (folder) => {
    const file = join(folder, "network.safetensors");
    for (
      const layers of [
        { depth: 14 },
        { depth: 8, width: 2 },
        { depth: 8, width: 0.25 },
        { depth: 18, stages: 4 },
        { family: "wrn", depth: 16, width: 2 },
        { family: "wrn", depth: 10, width: 1 },
      ] satisfies Layers[]
    ) {
      const network = testNetwork({ ...layers, channels: 3, classes: 7 });
      await Deno.writeFile(file, await encodeResNet(network, { note: "test" }));
      const loaded = await readResNet(file);
      assertEquals(loaded.network.architecture, network.architecture);
      assertEquals(loaded.metadata, { note: "test" });
      for (const [name, variable] of loaded.network.variables()) {
        const original = network.parameters.get(name) ?? network.statistics.get(name)!;
        assertEquals([...await variable.data()], [...await original.data()], name);
      }
      assert(/^[0-9a-f]{64}$/.test(loaded.hash));
      network.dispose();
      loaded.network.dispose();
    }
  });
});

Deno.test("the project's teacher keeps its hash, and encodeResNet() writes its file byte for byte", async () => {
  const file = join(PROJECT_ROOT, "results/teachers/fashion-mnist-subset-resnet14.safetensors");
  const { network, metadata, hash } = await readResNet(file);
  assertEquals(hash, "3bb1c900d1871dd779a531fa62e4941e470c896c2c73400ba0dde15fe92338e1");
  assertEquals(await encodeResNet(network, metadata), await Deno.readFile(file));
  network.dispose();
});

/** A function that checks the error of reading a network's file with changed tensors. */
type Fails = (
  change: (tensors: Map<string, StoredTensor>) => void,
  text: string,
) => Promise<void>;

async function withWeights(
  architecture: Architecture,
  test: (fails: Fails) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const network = testNetwork(architecture);
    const content = decodeSafetensors(await encodeResNet(network, {}), "x");
    network.dispose();
    const file = join(folder, "network.safetensors");
    await test(async (change, text) => {
      const changed = new Map(content.tensors);
      change(changed);
      await Deno.writeFile(file, encodeSafetensors({ tensors: changed, metadata: {} }));
      await assertRejects(() => readResNet(file), UserError, text);
    });
  });
}

Deno.test("readResNet() names the tensor that has another shape, is missing, foreign, or not finite", async () => {
  await withWeights({ depth: 8, channels: 1, classes: 4 }, async (fails) => {
    const name = "layer2.0.conv2.weight";
    const wrong: StoredTensor = { dtype: "F32", shape: [4], data: new Float32Array(4) };
    await fails((all) => all.set(name, wrong), `"${name}" has shape [4]`);
    await fails((all) => all.delete(name), `no float32 tensor "${name}"`);
    await fails((all) => {
      const data = Float32Array.from(all.get(name)!.data);
      data[3] = NaN;
      all.set(name, { dtype: "F32", shape: all.get(name)!.shape, data });
    }, "not finite");
    const variances = "layer1.0.bn2.running_var";
    await fails((all) => {
      const data = Float32Array.from(all.get(variances)!.data);
      data[5] = -1e-9;
      all.set(variances, { dtype: "F32", shape: all.get(variances)!.shape, data });
    }, `tensor "${variances}" holds variances below 0`);
    const projection = "layer2.0.downsample.0.weight";
    await fails(
      (all) => all.set(projection, wrong),
      `a resnet8 has no tensor "${projection}"`,
    );
    const narrow: StoredTensor = {
      dtype: "F32",
      shape: [24, 1, 3, 3],
      data: new Float32Array(216),
    };
    await fails((all) => all.set("conv1.weight", narrow), "of 4, 8, 16 channels or a multiple");
    await fails((all) => all.delete("linear.weight"), "does not hold a ResNet");
    await fails((all) => all.set("layer4.0.conv1.weight", wrong), "resnet10-4stage needs [128");
    const blocks = "three or four layers of equally many blocks";
    await fails((all) => all.set("layer3.1.conv1.weight", wrong), blocks);
    await fails((all) => {
      for (const name of all.keys()) if (name.startsWith("layer")) all.delete(name);
    }, blocks);
  });
});

Deno.test("readResNet() names the fault of a wide ResNet's weights, too", async () => {
  await withWeights(TINY_WIDE, async (fails) => {
    const wrong: StoredTensor = { dtype: "F32", shape: [4], data: new Float32Array(4) };
    await fails((all) => all.delete("fc.weight"), "does not hold a ResNet");
    await fails((all) => all.set("block3.layer.1.bn1.weight", wrong), "equally many blocks");
    const shortcut = "layer.0.convShortcut.weight";
    await fails(
      (all) => all.delete(`block2.${shortcut}`),
      `no float32 tensor "block2.${shortcut}"`,
    );
    const tensor = `a wrn-10-1 has no tensor "block1.${shortcut}"`;
    await fails((all) => all.set(`block1.${shortcut}`, wrong), tensor);
    const filter: StoredTensor = {
      dtype: "F32",
      shape: [32, 16, 3, 3],
      data: new Float32Array(4608),
    };
    const name = "block1.layer.0.conv1.weight";
    await fails((all) => all.set(name, filter), "but a wrn-10-2 needs [32]");
  });
});
