import { join } from "node:path";
import { dataFolder, type DataOptions, type DataSource, requireAccepted } from "./data_source.ts";
import { type Dataset, type ImageSet, makeLabels, withFingerprint } from "./dataset.ts";
import { type JpegDecoder, startJpegDecoder } from "./decode_jpeg.ts";
import { exists } from "./read_data_file.ts";
import { type LabelledJpeg, readTinyImagenetFiles } from "./tiny_imagenet_files.ts";
import { type Archive, unpackArchive } from "./unpack_archive.ts";
import { VerifiedRecord } from "./verified_record.ts";
import { UserError } from "../user_error.ts";

const ARCHIVE: Archive = {
  url: "http://cs231n.stanford.edu/tiny-imagenet-200.zip",
  // Its makers state none; this is the one that loaders of it for PyTorch agree on.
  md5: "90528d7ca1a48142e341f4ef8d21d0de",
  size: 248_100_043,
  unpackedSize: 500_000_000,
};

const FOLDER = "tiny-imagenet-200";
const SIDE = 64;
const CHANNELS = 3;

/** Tiny ImageNet: of each of 200 classes of ImageNet 500 + 50 colour images of 64×64. */
export const tinyImagenet: DataSource = {
  name: "tiny-imagenet",
  title: "Tiny ImageNet (Stanford, CS231n)",
  load: (options) => loadTinyImagenet(options, ARCHIVE),
};

/**
 * Loads Tiny ImageNet from its folder, which is made from the archive if it is missing, with as many
 * images of each class as are there. The test images are the makers' validation images; those of their
 * own test set have no labels.
 */
export async function loadTinyImagenet(options: DataOptions, archive: Archive): Promise<Dataset> {
  const folder = join(dataFolder(options.dataFolder), FOLDER);
  if (!await exists(folder)) await unpackArchive(archive, folder);
  const record = await VerifiedRecord.read(folder);
  if (!record) requireAccepted(folder, options);
  const { classes, train, validation } = await readTinyImagenetFiles(folder, record);
  const decode = await startJpegDecoder();
  return withFingerprint({
    name: tinyImagenet.name,
    title: tinyImagenet.title,
    classes,
    height: SIDE,
    width: SIDE,
    channels: CHANNELS,
    // As loaders of it for PyTorch have them; a test holds them against the images.
    mean: [0.4802, 0.4481, 0.3975],
    std: [0.2770, 0.2691, 0.2821],
    train: decodeImages(train, classes.length, decode),
    test: decodeImages(validation, classes.length, decode),
    provenance: record ? "verified" : "unverified copy",
  });
}

function decodeImages(
  files: readonly LabelledJpeg[],
  classes: number,
  decode: JpegDecoder,
): ImageSet {
  const size = SIDE * SIDE * CHANNELS;
  const count = files.length;
  const images = new Uint8Array(count * size);
  const labels = makeLabels(count, classes);
  for (const [k, { file, bytes, label }] of files.entries()) {
    const { width, height, pixels } = decode(bytes, file);
    if (width !== SIDE || height !== SIDE) {
      throw new UserError(
        `${file} has ${width}×${height} pixels, but an image of Tiny ImageNet has ${SIDE}×${SIDE}; ` +
          `delete it and get it again`,
      );
    }
    images.set(pixels, k * size);
    labels[k] = label;
  }
  return { images, labels, count };
}
