import { cifar10 } from "./cifar10.ts";
import type { DataSource } from "./data_source.ts";
import { fashionMnist } from "./fashion_mnist.ts";
import { fashionMnistSubset } from "./fashion_mnist_subset.ts";
import { imagenet32 } from "./imagenet32.ts";
import { tinyImagenet } from "./tiny_imagenet.ts";
import { UserError } from "../user_error.ts";

/** Every data set. */
const dataSources: readonly DataSource[] = [
  fashionMnistSubset,
  fashionMnist,
  cifar10,
  tinyImagenet,
  imagenet32,
];

/** @throws UserError that lists the valid names */
export function dataSourceNamed(name: string): DataSource {
  const source = dataSources.find((candidate) => candidate.name === name);
  if (source) return source;
  const names = dataSources.map((candidate) => candidate.name).join(", ");
  throw new UserError(`there is no data set "${name}"; choose from ${names}`);
}
