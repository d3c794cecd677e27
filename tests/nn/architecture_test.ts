import { assertEquals, assertThrows } from "@std/assert";
import {
  architectureFor,
  blocksOf,
  networkName,
  outputChannels,
  parameterShapes,
  parseNetwork,
} from "../../lib/nn/architecture.ts";
import { UserError } from "../../lib/user_error.ts";

const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

Deno.test("ResNets have as many parameters as the paper's networks", () => {
  const counts = [8, 14, 20, 26].map((depth) =>
    parameterShapes({ depth, channels: 3, classes: 10 }).filter(({ trainable }) => trainable)
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  );
  assertEquals(counts, [75_290, 172_506, 269_722, 366_938]);
});

Deno.test("parseNetwork() accepts 6n + 2 layers, 8n + 2 in four stages, and nothing else", () => {
  assertEquals(parseNetwork("resnet8"), { depth: 8 });
  assertEquals(parseNetwork("resnet32"), { depth: 32 });
  assertEquals(parseNetwork("resnet10-4stage"), { depth: 10, stages: 4 });
  assertEquals(parseNetwork("resnet26-4stage"), { depth: 26, stages: 4 });
  const wrong = ["resnet9", "resnet2", "vgg16", "resnet", "resnet8x", "resnet10", "-4stage"];
  for (const name of [...wrong, "resnet8-4stage", "resnet2-4stage", "resnet8-3stage"]) {
    const error = `there is no network "${name}"; use resnet8`;
    assertThrows(() => parseNetwork(name), UserError, error);
  }
});

Deno.test("networkName() returns the name that parseNetwork() reads", () => {
  for (const name of ["resnet8", "resnet26", "resnet10-4stage", "resnet26-4stage"]) {
    assertEquals(networkName(parseNetwork(name)), name);
  }
});

Deno.test("architectureFor() takes channels and classes from the data set", () => {
  const classes = Array.from({ length: 200 }, (_, k) => `class ${k}`);
  assertEquals(architectureFor("resnet10-4stage", { channels: 3, classes }), {
    depth: 10,
    stages: 4,
    channels: 3,
    classes: 200,
  });
});

Deno.test("a fourth stage doubles the channels and halves the sides once more", () => {
  const blocks = blocksOf({ depth: 18, stages: 4 }).flat();
  assertEquals(
    blocks.map(({ name, inChannels, outChannels, stride }) => [
      name,
      inChannels,
      outChannels,
      stride,
    ]),
    [
      ["layer1.0", 16, 16, 1],
      ["layer1.1", 16, 16, 1],
      ["layer2.0", 16, 32, 2],
      ["layer2.1", 32, 32, 1],
      ["layer3.0", 32, 64, 2],
      ["layer3.1", 64, 64, 1],
      ["layer4.0", 64, 128, 2],
      ["layer4.1", 128, 128, 1],
    ],
  );
  assertEquals(outputChannels(blocks), [16, 32, 64, 128]);
});

Deno.test("parameterShapes() has PyTorch's names and layouts in the order of its state_dict", () => {
  const shapes = parameterShapes({ depth: 10, stages: 4, channels: 3, classes: 200 });
  const batchNorm = (name: string, channels: number) =>
    ["weight", "bias", "running_mean", "running_var"].map((part) => [`${name}.${part}`, channels]);
  const block = (stage: number, from: number, to: number) => [
    [`layer${stage}.0.conv1.weight`, to, from, 3, 3],
    ...batchNorm(`layer${stage}.0.bn1`, to),
    [`layer${stage}.0.conv2.weight`, to, to, 3, 3],
    ...batchNorm(`layer${stage}.0.bn2`, to),
  ];
  assertEquals(shapes.map(({ name, shape }) => [name, ...shape]), [
    ["conv1.weight", 16, 3, 3, 3],
    ...batchNorm("bn1", 16),
    ...block(1, 16, 16),
    ...block(2, 16, 32),
    ...block(3, 32, 64),
    ...block(4, 64, 128),
    ["linear.weight", 200, 128],
    ["linear.bias", 200],
  ]);
});
