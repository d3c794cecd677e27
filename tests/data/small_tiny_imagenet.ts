import { join } from "node:path";
import { dataFile } from "./data_files.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

export const FOLDER = "tiny-imagenet-200";

const [colour, grey] = [await dataFile("colour.jpg"), await dataFile("grey.jpg")];

const text = (...lines: string[]) => new TextEncoder().encode(lines.join("\n") + "\n");

/**
 * The files of a Tiny ImageNet of two classes, by path, in the makers' layout. The first class has
 * a colour and a grey training image and a colour test image. The second has a colour training
 * image and a grey test image.
 */
export const FILES: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "wnids.txt": text("n02", "n01"),
  "words.txt": text("n00\tthing", "n01\tcat, true cat", "n02\treel"),
  "train/n01/n01_boxes.txt": text("n01_0.JPEG\t0\t0\t62\t62"),
  "train/n01/images/n01_0.JPEG": colour,
  "train/n02/n02_boxes.txt": text("n02_1.JPEG\t0\t0\t62\t62", "n02_0.JPEG\t1\t2\t3\t4"),
  "train/n02/images/n02_1.JPEG": grey,
  "train/n02/images/n02_0.JPEG": colour,
  "val/val_annotations.txt": text("val_1.JPEG\tn02\t0\t0\t1\t1", "val_0.JPEG\tn01\t0\t32\t44\t62"),
  "val/images/val_0.JPEG": grey,
  "val/images/val_1.JPEG": colour,
  "test/images/test_0.JPEG": grey,
};

/** Runs a test with a data folder of these files, without a record. */
export async function withSmallTinyImagenet(
  test: (dataFolder: string, folder: string) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (dataFolder) => {
    const folder = join(dataFolder, FOLDER);
    for (const [path, bytes] of Object.entries(FILES)) {
      await Deno.mkdir(join(folder, path, ".."), { recursive: true });
      await Deno.writeFile(join(folder, path), bytes);
    }
    await test(dataFolder, folder);
  });
}
