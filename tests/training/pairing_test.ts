import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { crossEntropy } from "../../lib/distillation/soft_cross_entropy.ts";
import { defineMethod, resolveMethodOptions, type Stage } from "../../lib/distillation/method.ts";
import { methods } from "../../lib/distillation/methods.ts";
import { resolveOptions } from "../../lib/options.ts";
import { protocolOptions } from "../../lib/training/protocol.ts";
import { scheduleOf } from "../../lib/training/schedule.ts";
import { UserError } from "../../lib/user_error.ts";
import { onAutomaticBackend } from "../on_every_backend.ts";
import { outcomeOf } from "./outcome_of.ts";
import { smallSpecification } from "./small_run.ts";

/** Trains on labels in the given stages, and gives the pixels of each epoch by stage. */
async function seen(
  backend: string,
  stages: readonly Stage[],
): Promise<Record<string, number[][]>> {
  const pixels: Record<string, number[][]> = {};
  const method = defineMethod({
    name: "original",
    summary: "labels alone, with a record of the mini-batches",
    options: {},
    needsTeacher: false,
    stages: () => [...stages],
    async step(_options, { images, labels, stage, epoch, studentPass }) {
      (pixels[stage] ??= [])[epoch - 1] = [
        ...pixels[stage][epoch - 1] ?? [],
        ...await images.data(),
      ];
      await studentPass(images, ({ logits }) => ({ cross_entropy: crossEntropy(labels, logits) }));
    },
  });
  await outcomeOf(smallSpecification("original"), backend, { method });
  return pixels;
}

onAutomaticBackend(
  "epoch e of the last stage sees the mini-batches and augmentation of epoch e of one stage",
  async (backend) => {
    const { train } = await seen(backend, [{ name: "train", epochs: 2 }]);
    const two = await seen(backend, [{ name: "hint", epochs: 1 }, { name: "train", epochs: 2 }]);
    assertEquals(two.train, train);
    assertNotEquals(train[0], train[1]);
    assertNotEquals(two.hint[0], train[0]);
  },
);

Deno.test("the last stage of every method has the streams of its own epochs alone", () => {
  const protocol = resolveOptions("protocol", protocolOptions, { epochs: 4 });
  for (const method of methods) {
    const schedule = scheduleOf(method, resolveMethodOptions(method), protocol);
    const streams = schedule.map(({ epochOfStreams }) => epochOfStreams);
    assertEquals(streams.slice(-4), [1, 2, 3, 4], method.name);
    assertEquals(new Set(streams).size, streams.length, method.name);
  }
  const fitnet = methods.find(({ name }) => name === "fitnet")!;
  const first = scheduleOf(fitnet, resolveMethodOptions(fitnet), protocol).slice(0, 2);
  assertEquals(first.map(({ epochOfStreams }) => epochOfStreams), ["hint 1", "hint 2"]);
});

Deno.test("scheduleOf() refuses no stage, part of an epoch, and more epochs than names have room for", () => {
  const protocol = resolveOptions("protocol", protocolOptions, { epochs: 10_000 });
  const scheduled = (stages: readonly Stage[]) => {
    const method = defineMethod({
      name: "mine",
      summary: "a method with these stages",
      options: {},
      needsTeacher: false,
      stages: () => [...stages],
      step: () => Promise.resolve(),
    });
    return () => scheduleOf(method, {}, protocol);
  };
  const stagesOf = (...epochs: number[]) => epochs.map((epochs, k) => ({ name: `${k}`, epochs }));
  for (const epochs of [[], [2.5], [2, 0], [NaN], [1e9, 80], [90_000, 10_000]]) {
    assertThrows(scheduled(stagesOf(...epochs)), UserError, `"mine" have [${epochs}] epochs`);
  }
  assertEquals(scheduled(stagesOf(89_999, 10_000))().length, 99_999);
});
