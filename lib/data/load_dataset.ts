import type { DataOptions, DataSource } from "./data_source.ts";
import type { Dataset } from "./dataset.ts";
import { cifar10 } from "./cifar10.ts";
import { cifar100, cifar100Coarse } from "./cifar100.ts";
import { fashionMnist } from "./fashion_mnist.ts";
import { fashionMnistSubset } from "./fashion_mnist_subset.ts";
import { imagenet32 } from "./imagenet32.ts";
import { named } from "../named.ts";
import { tinyImagenet } from "./tiny_imagenet.ts";

/**
 * Loads a data set. Downloads missing files from their official source.
 *
 * @throws UserError for an unknown name (listing the valid ones), and for files that cannot be
 *   downloaded, are truncated, or hold impossible values
 */
export async function loadDataset(name: string, options: DataOptions = {}): Promise<Dataset> {
  return await dataSourceNamed(name).load(options);
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
