import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { decode } from "fast-png";
import { attackGrid, gapPath } from "../../lib/report/attack_grid.ts";
import { bundleOf } from "../../lib/report/display.ts";

const GREY = {
  classes: ["cat", "<dog>", "fox"],
  height: 1,
  width: 2,
  channels: 1,
  mean: [0.4],
  std: [0.25],
};
const CLASSES = { labels: [0], targets: [1] };

/** One image of two pixels. The attack made the first darker by 10 grey levels. */
function attackedGrey() {
  return {
    dataset: GREY,
    images: tf.tensor4d([0, 2.4], [1, 1, 2, 1]),
    logits: tf.tensor2d([[Math.log(8), 0, 0]]),
    attack: {
      samples: tf.tensor4d([-10 / 255 / 0.25, 2.4], [1, 1, 2, 1]),
      logits: tf.tensor2d([[0, Math.log(2), 0]]),
    },
  };
}

async function picturesOf(shown: Awaited<ReturnType<typeof attackGrid>>): Promise<number[][]> {
  const html = String((await bundleOf(shown))["text/html"]);
  return [...html.matchAll(/src="data:image\/png;base64,([^"]*)"/g)]
    .map(([, base64]) => [...decode(Uint8Array.fromBase64(base64)).data]);
}

Deno.test("attackGrid() shows image, change and attacked image, the change in full colours", async () => {
  const pictures = await picturesOf(await attackGrid({ ...attackedGrey(), classes: CLASSES }));
  assertEquals(pictures, [
    [102, 102, 102, 255, 255, 255],
    [0, 114, 178, 255, 255, 255],
    [92, 92, 92, 255, 255, 255],
  ]);
});

Deno.test("attackGrid() names classes, probabilities, the scale of the change and the gap", async () => {
  const bundle = await bundleOf(await attackGrid({ ...attackedGrey(), classes: CLASSES }));
  assertEquals(String(bundle["text/plain"]).split("\n"), [
    "[image 1: original, cat, 80.0 %]",
    "[image 2: change, ±10.0 of 255]",
    "[image 3: attacked, <dog>, 50.0 %, gap −0.693]",
  ]);
  const html = String(bundle["text/html"]);
  assert(html.includes("attacked\n&lt;dog&gt;\n50.0 %\ngap −0.693</figcaption>"));
  assert(html.includes('alt="attacked, &lt;dog&gt;, 50.0 %, gap −0.693"'));
});

Deno.test("attackGrid() shows no gap for an attack without a target", async () => {
  const shown = await attackGrid({ ...attackedGrey(), classes: { labels: [0] } });
  assert(!String((await bundleOf(shown))["text/plain"]).includes("gap"));
});

Deno.test("attackGrid() shows the most changed channel of a colour image", async () => {
  const images = tf.zeros([1, 1, 1, 3]) as tf.Tensor4D;
  const pictures = await picturesOf(
    await attackGrid({
      dataset: { ...GREY, width: 1, channels: 3, mean: [0, 0, 0], std: [1, 1, 1] },
      images,
      logits: tf.tensor2d([[1, 0, 0]]),
      attack: {
        samples: tf.tensor4d([0.1, -0.05, 0], [1, 1, 1, 3]),
        logits: tf.tensor2d([[1, 0, 0]]),
      },
      classes: CLASSES,
    }),
  );
  assertEquals(pictures[1], [213, 94, 0]);
});

Deno.test("attackGrid() shows pixels without a change in white", async () => {
  const { images, ...rest } = attackedGrey();
  const shown = await attackGrid({
    ...rest,
    images,
    classes: CLASSES,
    attack: { ...rest.attack, samples: images },
  });
  assertEquals((await picturesOf(shown))[1], [255, 255, 255, 255, 255, 255]);
});

Deno.test("attackGrid() shows as many images as asked, or none", async () => {
  const many = {
    dataset: GREY,
    images: tf.zeros([4, 1, 2, 1]) as tf.Tensor4D,
    logits: tf.zeros([4, 3]) as tf.Tensor2D,
    attack: { samples: tf.zeros([4, 1, 2, 1]) as tf.Tensor4D, logits: tf.zeros([4, 3]) },
    classes: { labels: [0, 0, 0, 0] },
  } as Parameters<typeof attackGrid>[0];
  assertEquals((await picturesOf(await attackGrid({ ...many, count: 2 }))).length, 6);
  assertEquals((await picturesOf(await attackGrid(many))).length, 12);
  assertEquals(await bundleOf(await attackGrid({ ...many, count: 0 })), {
    "text/plain": "[no images]",
  });
});

Deno.test("attackGrid() leaves no tensors behind", async () => {
  const given = attackedGrey();
  const before = tf.memory().numTensors;
  await attackGrid({ ...given, classes: CLASSES });
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("gapPath() has a point for the image and one for each step", () => {
  const { data: [{ x, y }] } = gapPath([2, 0.5, -0.1], "An attack");
  assertEquals([x, y], [[0, 1, 2], [2, 0.5, -0.1]]);
});
