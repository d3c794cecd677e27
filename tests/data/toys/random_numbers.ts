import seedrandom from "seedrandom";

/** Makes a generator of numbers in [0, 1), always the same for a seed. */
export function randomNumbers(seed = "toy"): () => number {
  return seedrandom(seed) as () => number;
}
