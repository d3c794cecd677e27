import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { RandomStreams } from "../../lib/training/random_streams.ts";

const draw = (random: () => number) => [random(), random(), random()];

Deno.test("a stream is the same for the same seed, epoch and name, whatever else was drawn", () => {
  const streams = new RandomStreams(7, 3);
  draw(streams.stream("augmentation"));
  assertEquals(draw(streams.stream("order")), draw(new RandomStreams(7, 3).stream("order")));
});

Deno.test("streams differ by seed, epoch and name", () => {
  const reference = draw(new RandomStreams(7, 3).stream("order"));
  assertNotEquals(draw(new RandomStreams(8, 3).stream("order")), reference);
  assertNotEquals(draw(new RandomStreams(7, 4).stream("order")), reference);
  assertNotEquals(draw(new RandomStreams(7, 3).stream("augmentation")), reference);
});

Deno.test("a stream continues where it was left, and stays in [0, 1)", () => {
  const streams = new RandomStreams(1, 1);
  const numbers = Array.from({ length: 1000 }, () => streams.stream("target class")());
  assertEquals(new Set(numbers).size, 1000);
  assert(numbers.every((value) => value >= 0 && value < 1));
});
