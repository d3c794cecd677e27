import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { RandomStreams } from "../../lib/training/random_streams.ts";

const draw = (random: () => number) => [random(), random(), random()];

Deno.test("a stream is the same for the same seed, name and epoch, whatever else was drawn", () => {
  const streams = new RandomStreams(7);
  draw(streams.stream("augmentation", 1));
  draw(streams.stream("order", 2));
  assertEquals(draw(streams.stream("order", 3)), draw(new RandomStreams(7).stream("order", 3)));
});

Deno.test("streams differ by seed, name and epoch", () => {
  const reference = draw(new RandomStreams(7).stream("order", 3));
  assertNotEquals(draw(new RandomStreams(8).stream("order", 3)), reference);
  assertNotEquals(draw(new RandomStreams(7).stream("augmentation", 3)), reference);
  assertNotEquals(draw(new RandomStreams(7).stream("order", 4)), reference);
});

Deno.test("a stream goes on where it was left, and stays in [0, 1)", () => {
  const streams = new RandomStreams(1);
  const numbers = Array.from({ length: 1000 }, () => streams.stream("target class", 1)());
  assertEquals(new Set(numbers).size, 1000);
  assert(numbers.every((value) => value >= 0 && value < 1));
});
