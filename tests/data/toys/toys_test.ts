import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { pointImages } from "../../../lib/data/point_set.ts";
import { toyNamed, toys } from "../../../lib/data/toys.ts";
import { UserError } from "../../../lib/user_error.ts";
import { randomNumbers } from "./random_numbers.ts";

for (const toy of toys) {
  Deno.test(`${toy.name} fit into about ±2, and their classes are as equal as possible`, () => {
    const { name, points, labels, classes } = toy.make(100, randomNumbers());
    assertEquals([name, points.length, labels.length], [toy.name, 200, 100]);
    assert(points.every((value) => Math.abs(value) < 2.5), "a point is far out");
    assert(points.some((value) => Math.abs(value) > 1.3), "the points fill little of the plane");
    const counts = Array.from({ length: classes }, (_, k) => labels.filter((l) => l === k).length);
    assert(Math.max(...counts) - Math.min(...counts) <= 1, `${counts} points`);
  });

  Deno.test(`${toy.name} are the same for the same random numbers only`, () => {
    const make = (seed: string) => toy.make(31, randomNumbers(seed));
    assertEquals(make("a"), make("a"));
    assertNotEquals(make("a").points, make("b").points);
  });

  Deno.test(`${toy.name} refuse too few points and bad options, and say what is valid`, () => {
    const make = (count: number, options = {}) => () => toy.make(count, randomNumbers(), options);
    for (const count of [1, 0, -1, 10.5, NaN]) {
      assertThrows(make(count), UserError, "a whole number of at least");
    }
    assertThrows(
      make(10, { noise: -1 }),
      UserError,
      '"noise" is -1, but must be a number at least',
    );
    assertThrows(make(10, { nose: 1 }), UserError, `has no option "nose"; it has noise`);
  });

  Deno.test(`${toy.name} have noise of the standard deviation asked for`, () => {
    const at = (noise: number) => toy.make(4000, randomNumbers(), { noise }).points;
    const [still, noisy, twice] = [at(0), at(0.1), at(0.2)];
    const spread = (points: Float32Array) =>
      Math.sqrt(points.reduce((sum, v, i) => sum + (v - still[i]) ** 2, 0) / points.length);
    assert(Math.abs(spread(twice) / spread(noisy) - 2) < 1e-3);
    // A unit of the curves is 1.2 to 1.8 in the plane.
    assert(spread(noisy) > 0.115 && spread(noisy) < 0.185, `spread ${spread(noisy)}`);
  });
}

Deno.test("toyNamed() finds each toy, and lists them for another name", () => {
  for (const toy of toys) assertEquals(toyNamed(toy.name), toy);
  assertThrows(() => toyNamed("swiss roll"), UserError, "choose from moons, circles, spirals");
});

Deno.test("pointImages() makes images of one pixel with two channels", async () => {
  const set = toyNamed("moons").make(5, randomNumbers());
  const all = pointImages(set);
  assertEquals(all.shape, [5, 1, 1, 2]);
  assertEquals([...await all.data()], [...set.points]);
  const some = pointImages(set, [3, 0, 3]);
  const of = (i: number) => [set.points[2 * i], set.points[2 * i + 1]];
  assertEquals([...await some.data()], [3, 0, 3].flatMap(of));
  const none = pointImages(set, []);
  assertEquals(none.shape, [0, 1, 1, 2]);
  tf.dispose([all, some, none]);
});
