import { assertAlmostEquals, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { dataFile } from "./data_files.ts";
import { makeZip } from "./make_zip.ts";
import { FILES, FOLDER, withSmallTinyImagenet } from "./small_tiny_imagenet.ts";
import { refusingUrl, withServer } from "./with_server.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { dataFolder as defaultDataFolder, type DataOptions } from "../../lib/data/data_source.ts";
import { startJpegDecoder } from "../../lib/data/decode_jpeg.ts";
import { loadDataset } from "../../lib/data/load_dataset.ts";
import { md5 } from "../../lib/data/md5.ts";
import { exists } from "../../lib/files/exists.ts";
import { loadTinyImagenet } from "../../lib/data/tiny_imagenet.ts";
import { UserError } from "../../lib/user_error.ts";

const SIZE = 64 * 64 * 3;
const ZIP = makeZip(FOLDER, FILES);

const decode = await startJpegDecoder();
const [colour, grey] = await Promise.all(
  ["colour.jpg", "grey.jpg"].map(async (name) => decode(await dataFile(name), name).pixels),
);

function load(options: DataOptions, url = refusingUrl()) {
  const archive = {
    url: `${url}tiny-imagenet-200.zip`,
    md5: md5(ZIP),
    size: ZIP.length,
    unpackedSize: 100_000,
    pauses: [],
  };
  return loadTinyImagenet(options, archive);
}

Deno.test("loadTinyImagenet() orders classes like wnids.txt, and images of a class by name", async () => {
  await withSmallTinyImagenet(async (dataFolder) => {
    const dataset = await load({ dataFolder, acceptUnverified: true });
    const { train, test, classes, height, width, channels } = dataset;
    assertEquals([height, width, channels], [64, 64, 3]);
    assertEquals(classes, ["reel", "cat"]);
    assertEquals(train.labels, Uint8Array.of(0, 0, 1));
    assertEquals(train.count, 3);
    for (const [k, pixels] of [colour, grey, colour].entries()) {
      assertEquals(train.images.subarray(k * SIZE, (k + 1) * SIZE), pixels);
    }
    assertEquals(test.labels, Uint8Array.of(1, 0));
    for (const [k, pixels] of [grey, colour].entries()) {
      assertEquals(test.images.subarray(k * SIZE, (k + 1) * SIZE), pixels);
    }
  });
});

Deno.test("loadTinyImagenet() names classes by their identifiers if there are no names", async () => {
  await withSmallTinyImagenet(async (dataFolder, folder) => {
    await Deno.remove(join(folder, "words.txt"));
    assertEquals((await load({ dataFolder, acceptUnverified: true })).classes, ["n02", "n01"]);
  });
});

Deno.test("loadTinyImagenet() ignores hidden files among the images", async () => {
  await withSmallTinyImagenet(async (dataFolder, folder) => {
    await Deno.writeTextFile(join(folder, "val/images/.DS_Store"), "hidden");
    assertEquals((await load({ dataFolder, acceptUnverified: true })).test.count, 2);
  });
});

Deno.test("loadTinyImagenet() accepts an unverified copy only when told to", async () => {
  await withSmallTinyImagenet(async (dataFolder, folder) => {
    await assertRejects(
      () => load({ dataFolder }),
      UserError,
      `cannot verify that the files in ${folder} are the official ones`,
    );
    const { provenance } = await load({ dataFolder, acceptUnverified: true });
    assertEquals(provenance, "unverified copy");
  });
});

Deno.test("loadTinyImagenet() downloads the zip once, and verifies its files", async () => {
  let requests = 0;
  const answer = () => {
    requests++;
    return new Response(ZIP);
  };
  await withTemporaryFolder((dataFolder) =>
    withServer(answer, async (url) => {
      const first = await load({ dataFolder }, url);
      assertEquals([first.provenance, first.train.count], ["verified", 3]);
      assertEquals(await load({ dataFolder }, url), first);
      assertEquals(requests, 1);

      const folder = join(dataFolder, FOLDER);
      const image = join(folder, "train/n02/images/n02_0.JPEG");
      const images = join(folder, "train/n02/images");
      const fails = (path: string) =>
        assertRejects(
          () => load({ dataFolder, acceptUnverified: true }, url),
          UserError,
          `${path} is damaged`,
        );
      // Another undamaged image.
      await Deno.writeFile(image, await dataFile("grey.jpg"));
      await fails(images);
      await Deno.remove(image);
      await fails(images);
      await Deno.writeFile(image, await dataFile("colour.jpg"));
      await load({ dataFolder }, url);
      const annotations = "val_0.JPEG\tn02\nval_1.JPEG\tn02\n";
      await Deno.writeTextFile(join(folder, "val/val_annotations.txt"), annotations);
      await fails(join(folder, "val"));
      await Deno.writeTextFile(join(folder, "wnids.txt"), "n01\nn02\n");
      await fails(join(folder, "wnids.txt"));
    })
  );
});

Deno.test("loadTinyImagenet() says where to put the zip if there is no connection", async () => {
  const url = refusingUrl();
  await withTemporaryFolder(async (dataFolder) => {
    const { message } = await assertRejects(() => load({ dataFolder }, url), UserError);
    assertStringIncludes(message, `${join(dataFolder, "tiny-imagenet-200.zip")} is missing`);
    assertStringIncludes(
      message,
      `get it from ${url}tiny-imagenet-200.zip by other means and put it in ${dataFolder}`,
    );
  });
});

Deno.test("loadTinyImagenet() names a missing or damaged file, even if told to accept any", async () => {
  const write = (path: string, content: string) => (folder: string) =>
    Deno.writeTextFile(join(folder, path), content);
  const copy = (path: string, name: string) => async (folder: string) =>
    await Deno.writeFile(join(folder, path), await dataFile(name));
  const remove = (path: string) => (folder: string) =>
    Deno.remove(join(folder, path), { recursive: true });
  const annotations = "val/val_annotations.txt";
  const cases: [(folder: string) => Promise<void>, string, string][] = [
    [remove("wnids.txt"), "wnids.txt", "is missing; put it there"],
    [remove(annotations), annotations, "is missing; put it there"],
    [remove("train/n01"), "train/n01/images", "is missing; put it there"],
    [remove("train/n01/images/n01_0.JPEG"), "train/n01/images", "holds no images"],
    [remove("val/images/val_1.JPEG"), "val/images/val_1.JPEG", "is missing; put it there"],
    [copy("val/images/val_2.JPEG", "grey.jpg"), annotations, "it puts val_2.JPEG into no class"],
    [
      write(annotations, "val_0.JPEG\tn01\t0\nval_1.JPEG\tn09\t0\n"),
      annotations,
      'it puts val_1.JPEG into class "n09", which is not one of wnids.txt',
    ],
    [write(annotations, "val_0.JPEG\nval_1.JPEG\n"), annotations, "into no class"],
    [
      write("train/n02/images/n02_1.JPEG", "no image"),
      "train/n02/images/n02_1.JPEG",
      "is damaged: Not a JPEG file",
    ],
    [
      (folder) => Deno.truncate(join(folder, "val/images/val_0.JPEG"), 700),
      "val/images/val_0.JPEG",
      "is damaged: Premature end of JPEG file",
    ],
    [
      copy("train/n01/images/n01_0.JPEG", "small.jpg"),
      "train/n01/images/n01_0.JPEG",
      "has 8×8 pixels, but an image of Tiny ImageNet has 64×64",
    ],
  ];
  for (const [damage, path, reason] of cases) {
    await withSmallTinyImagenet(async (dataFolder, folder) => {
      await damage(folder);
      const error = await assertRejects(
        () => load({ dataFolder, acceptUnverified: true }),
        UserError,
        reason,
      );
      assertStringIncludes(error.message, join(folder, path));
    });
  }
});

const present = await exists(join(defaultDataFolder(), FOLDER));
const missing = present ? "" : " (skipped: the data set is not on this machine)";

Deno.test({
  name: `tiny-imagenet has 200 balanced classes, with the declared mean and std${missing}`,
  ignore: !present,
  async fn() {
    const { train, test, classes, mean, std } = await loadDataset("tiny-imagenet", {
      acceptUnverified: true,
    });
    assertEquals(classes.length, 200);
    for (const { labels, count } of [train, test]) {
      const counts = new Array<number>(200).fill(0);
      labels.forEach((label) => counts[label]++);
      assertEquals(counts, new Array(200).fill(count / 200));
    }
    for (let c = 0; c < 3; c++) {
      const histogram = new Float64Array(256);
      for (let at = c; at < train.images.length; at += 3) histogram[train.images[at]]++;
      const meanOf = (f: (value: number) => number) =>
        histogram.reduce((sum, count, value) => sum + count * f(value / 255), 0) /
        (train.images.length / 3);
      const itsMean = meanOf((value) => value);
      const itsStd = Math.sqrt(meanOf((value) => (value - itsMean) ** 2));
      // The mean of a tenth of the images differs by about 0.003.
      assertAlmostEquals(itsMean, mean[c], 0.01);
      assertAlmostEquals(itsStd, std[c], 0.01);
    }
  },
});
