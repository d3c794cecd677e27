import type { DataOptions, DataSource } from "./data_source.ts";
import type { Dataset } from "./dataset.ts";
import { cifar10 } from "./cifar10.ts";
import { cifar100, cifar100Coarse } from "./cifar100.ts";
import { fashionMnist } from "./fashion_mnist.ts";
import { fashionMnistSubset } from "./fashion_mnist_subset.ts";
import { imagenet32 } from "./imagenet32.ts";
import { named } from "../named.ts";
import { tinyImagenet } from "./tiny_imagenet.ts";
import { UserError } from "../user_error.ts";

/**
 * Loads a data set. Downloads missing files from their official source.
 *
 * @throws UserError for an unknown name (listing the valid ones), and for files that cannot be
 *   downloaded, are truncated, or hold impossible values
 */
export async function loadDataset(name: string, options: DataOptions = {}): Promise<Dataset> {
  const dataset = await dataSourceNamed(name).load(options);
  checkDataset(name, dataset);
  return dataset;
}

/**
 * Checks that the parts of a data set fit each other.
 *
 * @throws UserError that names the part which does not
 */
export function checkDataset(name: string, dataset: Dataset): void {
  const refuse = (what: string): never => {
    throw new UserError(`data set "${name}" ${what}; correct its file in lib/data`);
  };
  const { classes, height, width, channels, mean, std, fingerprint } = dataset ??
    refuse("has a load that gives no data set");
  if (!/^\w[\w-]*$/.test(name)) refuse('needs a name of letters, digits, "-" and "_"');
  if (dataset.name !== name) refuse(`calls itself "${dataset.name}"`);
  if (!Array.isArray(classes)) refuse("needs its classes as a list of names");
  if (!/^[0-9a-f]{64}$/.test(fingerprint)) {
    refuse("needs the fingerprint of its images and labels; return withFingerprint({ … })");
  }
  if (classes.length < 2) refuse(`needs two classes or more, but has ${classes.length}`);
  for (const [key, values] of Object.entries({ mean, std })) {
    const isShare = (value: number) => value >= 0 && value <= 1 && (key === "mean" || value > 0);
    if (values?.length === channels && values.every(isShare)) continue;
    refuse(
      `has the ${key} ${JSON.stringify(values)}, but needs one number a channel ` +
        `(${channels}), of pixels in 0…1`,
    );
  }
  for (const part of ["train", "test"] as const) {
    const { count, images, labels } = dataset[part];
    if (!(images instanceof Uint8Array)) {
      refuse(`has no Uint8Array of pixels, 0…255, in "${part}"`);
    }
    if (!ArrayBuffer.isView(labels)) refuse(`needs a typed array of labels in "${part}"`);
    const pixels = count * height * width * channels;
    if (count === 0 || labels.length !== count || images.length !== pixels) {
      refuse(
        `has ${labels.length} labels and ${images.length} pixels for ${count} images in "${part}", but ` +
          `needs a label and ${height}·${width}·${channels} pixels an image, and at least one image`,
      );
    }
    const wrong = labels.findIndex((label) => !Object.hasOwn(classes, label));
    if (wrong >= 0) {
      refuse(
        `has the label ${labels[wrong]} in "${part}", but its labels are 0…${classes.length - 1}`,
      );
    }
  }
}

/** Every data set. */
const dataSources: readonly DataSource[] = [
  fashionMnistSubset,
  fashionMnist,
  cifar10,
  cifar100,
  cifar100Coarse,
  tinyImagenet,
  imagenet32,
];

/**
 * Finds the data set with the name given by `--dataset`.
 *
 * @throws UserError that lists the valid names
 */
export function dataSourceNamed(name: string): DataSource {
  return named("data set", dataSources, name);
}
