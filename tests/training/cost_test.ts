import { assertEquals } from "@std/assert";
import { forwardFlops, trainingFlops } from "../../lib/training/cost.ts";

Deno.test("forwardFlops() counts the convolutions of a ResNet8, two a multiply-add", () => {
  const macs = 9 * (3 * 16 * 32 ** 2 + 2 * 16 * 16 * 32 ** 2 + (16 + 32) * 32 * 16 ** 2 +
    (32 + 64) * 64 * 8 ** 2);
  assertEquals(forwardFlops("resnet8"), 2 * macs);
});

Deno.test("trainingFlops() is three passes, without the images' gradient", () => {
  assertEquals(
    trainingFlops("resnet14"),
    3 * forwardFlops("resnet14") - 2 * 9 * 3 * 16 * 32 ** 2,
  );
});
