import type { Dataset } from "../data/dataset.ts";
import { stratifiedSubset, takeImages } from "../data/stratified_subset.ts";
import { RandomStreams } from "./random_streams.ts";
import type { RunSpecification } from "./run_specification.ts";

/**
 * The part of a data set that a run trains and is tested on. The training subset is drawn from the
 * run's seed, so it is the same for all methods of a seed; the test subset is the same for all runs.
 */
export function datasetFor(
  dataset: Dataset,
  { dataset: { fraction, testImages }, seed }: Pick<RunSpecification, "dataset" | "seed">,
): Dataset {
  const { train, test, classes } = dataset;
  const part = (set: typeof train, share: number, random: () => number) =>
    share >= 1
      ? set
      : takeImages(dataset, set, stratifiedSubset(set.labels, share, classes.length, random));
  return {
    ...dataset,
    train: part(train, fraction, new RandomStreams(seed).stream("subset")),
    test: part(
      test,
      testImages === null ? 1 : testImages / test.count,
      new RandomStreams(0).stream("subset"),
    ),
  };
}
