import { assertEquals, assertThrows } from "@std/assert";
import { blocksOf, outputChannels } from "../../lib/nn/architecture.ts";
import {
  architectureFor,
  networkName,
  parameterShapes,
  parseNetwork,
} from "../../lib/nn/network_families.ts";
import { UserError } from "../../lib/user_error.ts";

const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

Deno.test("ResNets have as many parameters as the paper's networks", () => {
  const counts = [8, 14, 20, 26].map((depth) =>
    parameterShapes({ depth, channels: 3, classes: 10 }).filter(({ trainable }) => trainable)
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  );
  assertEquals(counts, [75_290, 172_506, 269_722, 366_938]);
});

Deno.test("a width multiplies the channels of every layer", () => {
  const sizes = parameterShapes({ depth: 8, width: 4, channels: 3, classes: 100 }).filter(
    ({ trainable }) => trainable,
  ).map(({ shape }) => sizeOf(shape));
  // Sixteen times the filters between layers, four times the rest
  const [stem, blocks, norms, linear] = [
    4 * 432,
    16 * (2 * 2304 + 4608 + 9216 + 18432 + 36864),
    8 * (16 + 2 * 16 + 2 * 32 + 2 * 64),
    100 * (4 * 64 + 1),
  ];
  assertEquals(sizes.reduce((sum, size) => sum + size), stem + blocks + norms + linear);
  assertEquals(outputChannels(blocksOf({ depth: 8, width: 4 }).flat()), [64, 128, 256]);
});

Deno.test("parseNetwork() accepts 6n + 2 layers, 8n + 2 in four stages, a quarter to ten times as wide, and nothing else", () => {
  assertEquals(parseNetwork("resnet8"), { depth: 8 });
  assertEquals(parseNetwork("resnet32"), { depth: 32 });
  assertEquals(parseNetwork("resnet10-4stage"), { depth: 10, stages: 4 });
  assertEquals(parseNetwork("resnet26-4stage"), { depth: 26, stages: 4 });
  assertEquals(parseNetwork("resnet8x4"), { depth: 8, width: 4 });
  assertEquals(parseNetwork("resnet10x10-4stage"), { depth: 10, width: 10, stages: 4 });
  assertEquals(parseNetwork("resnet8x0.25"), { depth: 8, width: 0.25 });
  assertEquals(parseNetwork("resnet10x0.5-4stage"), { depth: 10, width: 0.5, stages: 4 });
  const wide = [
    "resnet8x1",
    "resnet8x0",
    "resnet8x0.1",
    "resnet8x.5",
    "resnet8x0.50",
    "resnet8x1.5",
    "resnet8x11",
    "resnet8x04",
    "resnet10x4",
    "resnet8-4stagex2",
  ];
  const wrong = [
    ...wide,
    "resnet9",
    "resnet2",
    "vgg16",
    "resnet",
    "resnet8x",
    "resnet10",
    "-4stage",
  ];
  for (const name of [...wrong, "resnet8-4stage", "resnet2-4stage", "resnet8-3stage"]) {
    const error = `there is no network "${name}"; use resnet8`;
    assertThrows(() => parseNetwork(name), UserError, error);
  }
});

Deno.test("networkName() returns the name that parseNetwork() reads", () => {
  for (const name of ["resnet8", "resnet32x4", "resnet10-4stage", "resnet26x2-4stage"]) {
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
