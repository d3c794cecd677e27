import seedrandom from "seedrandom";
import { type Dataset, type ImageSet, withFingerprint } from "../../lib/data/dataset.ts";

/** Makes a data set of random pixels. None is 0, so that padding shows. */
export function smallDataset(
  { count = 6, height = 10, width = 12, channels = 3 } = {},
): Dataset {
  const random = seedrandom("small data set");
  const set = (): ImageSet => ({
    images: Uint8Array.from(
      { length: count * height * width * channels },
      () => 1 + Math.floor(random() * 255),
    ),
    labels: Uint8Array.from({ length: count }, (_, index) => index % 2),
    count,
  });
  return withFingerprint({
    name: "small",
    title: "Random pixels",
    classes: ["even", "odd"],
    height,
    width,
    channels,
    mean: [0.5, 0.4, 0.3].slice(0, channels),
    std: [0.2, 0.25, 0.3].slice(0, channels),
    train: set(),
    test: set(),
    provenance: "embedded",
  });
}
