import type { Dataset, ImageSet } from "../../data/dataset.ts";
import { stratifiedSubset, takeImages } from "../../data/stratified_subset.ts";
import { RandomStreams } from "../../training/random_streams.ts";

/** At most so many test images, stratified by class: the same ones for every student. */
export function testSample(dataset: Dataset, count: number): ImageSet {
  const { test, classes } = dataset;
  if (count >= test.count) return test;
  const random = new RandomStreams(0).stream("subset");
  const share = count / test.count;
  return takeImages(dataset, test, stratifiedSubset(test.labels, share, classes.length, random));
}
