import { assertAlmostEquals, assertEquals } from "@std/assert";
import { methodNamed } from "../../lib/distillation/methods.ts";
import type { Architecture } from "../../lib/nn/architecture.ts";
import { forwardFlops, runFlops, trainingFlops } from "../../lib/training/cost.ts";
import { TINY } from "../networks.ts";
import { smallDataset, smallSpecification } from "./small_run.ts";

const THREE_STAGES: Architecture = { depth: 8, channels: 3, classes: 10 };
const FOUR_STAGES: Architecture = { depth: 10, stages: 4, channels: 3, classes: 200 };

Deno.test("forwardFlops() counts convolutions and the linear layer, two per multiply-add", () => {
  const macs = 9 * (3 * 16 * 32 ** 2 + 2 * 16 * 16 * 32 ** 2 + (16 + 32) * 32 * 16 ** 2 +
        (32 + 64) * 64 * 8 ** 2) + 64 * 10;
  assertEquals(forwardFlops(THREE_STAGES, { height: 32, width: 32 }), 2 * macs);
});

Deno.test("forwardFlops() depends on image size, stages and classes", () => {
  const macs = 9 * (3 * 16 * 64 * 48 + 2 * 16 * 16 * 64 * 48 + (16 + 32) * 32 * 32 * 24 +
        (32 + 64) * 64 * 16 * 12 + (64 + 128) * 128 * 8 * 6) + 128 * 200;
  assertEquals(forwardFlops(FOUR_STAGES, { height: 64, width: 48 }), 2 * macs);
});

Deno.test("forwardFlops() of a wide ResNet counts its shortcuts' convolutions", () => {
  const architecture: Architecture = {
    family: "wrn",
    depth: 16,
    width: 2,
    channels: 3,
    classes: 10,
  };
  const stage = (from: number, to: number) => 9 * (from + 3 * to) * to + from * to;
  const macs = (9 * 3 * 16 + stage(16, 32)) * 32 ** 2 + stage(32, 64) * 16 ** 2 +
    stage(64, 128) * 8 ** 2 + 128 * 10;
  assertEquals(forwardFlops(architecture, { height: 32, width: 32 }), 2 * macs);
});

Deno.test("trainingFlops() counts three passes, without the gradient of the images", () => {
  const size = { height: 32, width: 32 };
  assertEquals(
    trainingFlops({ ...THREE_STAGES, depth: 14 }, size),
    3 * forwardFlops({ ...THREE_STAGES, depth: 14 }, size) - 2 * 9 * 3 * 16 * 32 ** 2,
  );
});

Deno.test("runFlops() adds up the passes of every stage over the images of all epochs", () => {
  const dataset = smallDataset();
  const student = forwardFlops(TINY, dataset);
  const teacher = forwardFlops({ depth: 10, stages: 4, channels: 1, classes: 4 }, dataset);
  const flops = (method: string) =>
    runFlops(smallSpecification(method, { epochs: 6 }), "resnet10-4stage", dataset, 20, 8);
  assertEquals(flops("original"), 6 * (20 * 3 + 8) * student);
  assertEquals(flops("hinton"), 6 * ((20 * 3 + 8) * student + 20 * teacher));

  const often = smallSpecification("original", { epochs: 6 });
  const seldom = { ...often, protocol: { ...often.protocol, evaluateEvery: 2 } };
  assertEquals(
    runFlops(seldom, "resnet10-4stage", dataset, 20, 8),
    6 * (20 * 3 + 8 / 2) * student,
  );

  const { options } = smallSpecification("fitnet", { epochs: 6 });
  const stages = methodNamed("fitnet").stages(options, 6);
  assertEquals(stages.length, 2);
  const expected = stages.map(({ name, epochs }) => {
    const passes = methodNamed("fitnet").passes(options, 10, name);
    return epochs * ((20 * passes.student + 8) * student + 20 * passes.teacher * teacher);
  });
  assertAlmostEquals(flops("fitnet") / (expected[0] + expected[1]), 1, 1e-12);
});
