import type { DataOptions, DataSource } from "./data_source.ts";
import type { Dataset } from "./dataset.ts";
import { cifar10 } from "./cifar10.ts";
import { fashionMnist } from "./fashion_mnist.ts";
import { fashionMnistSubset } from "./fashion_mnist_subset.ts";
import { imagenet32 } from "./imagenet32.ts";
import { named } from "../named.ts";
import { tinyImagenet } from "./tiny_imagenet.ts";

/**
 * Loads a data set; files that are missing are downloaded from their official place.
 *
 * @throws UserError for an unknown name (listing the valid ones), or for files that are missing and
 *   cannot be downloaded, truncated, or hold impossible values
 */
export async function loadDataset(name: string, options: DataOptions = {}): Promise<Dataset> {
  return await dataSourceNamed(name).load(options);
}

/** Every data set. */
const dataSources: readonly DataSource[] = [
  fashionMnistSubset,
  fashionMnist,
  cifar10,
  tinyImagenet,
  imagenet32,
];

/**
 * The data set that `--dataset` calls so.
 *
 * @throws UserError that lists the valid names
 */
export function dataSourceNamed(name: string): DataSource {
  return named("data set", dataSources, name);
}
