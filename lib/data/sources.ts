import { cifar10 } from "./cifar10.ts";
import type { DataSource } from "./data_source.ts";
import { fashionMnist } from "./fashion_mnist.ts";
import { fashionMnistSubset } from "./fashion_mnist_subset.ts";
import { imagenet32 } from "./imagenet32.ts";
import { named } from "../named.ts";
import { tinyImagenet } from "./tiny_imagenet.ts";

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
