import { floatsIn } from "./arena.ts";
import { normalisation } from "./normalisation.ts";
import type { OnednnBackend } from "./onednn_backend.ts";

/** So many values may be added up in float32. */
const LONGEST_SUM = 1024;

/**
 * Mean and (biased) variance of each channel over batch, height and width.
 *
 * oneDNN adds up all values of a channel in float32 as they come: over 262,144 of them the mean is off
 * by 5e-5 where it is about 5. So positions are taken for channels of their own, for which the sums are
 * short, and their means and variances are put together in float64: off by 2e-7. Takes a fifth longer.
 *
 * @param x where `[n, h, w, c]` lies, @param spare where as much may be overwritten
 */
export function batchStatistics(
  backend: OnednnBackend,
  x: Deno.PointerValue,
  [n, h, w, channels]: number[],
  spare: Deno.PointerValue,
  mean: Float32Array,
  variance: Float32Array,
): void {
  const groups = groupsFor(n, h * w);
  const size = channels * groups;
  const [means, variances] = [0, 0].map(() => backend.arena.allocate(4 * size));
  normalisation(backend, [n, h * w / groups, 1, size], 0, 0)
    .execute(x, means.pointer, variances.pointer, spare);
  combine(floatsIn(means, size), floatsIn(variances, size), groups, mean, variance);
  for (const block of [means, variances]) backend.arena.release(block);
}

/** How many groups of positions make the sums short enough; they must be of equal size. */
function groupsFor(images: number, positions: number): number {
  let groups = 1;
  while (images * positions / groups > LONGEST_SUM && positions % (2 * groups) === 0) groups *= 2;
  return groups;
}

/** The variance of all is the mean of the variances, and the variance of the means (Chan et al. 1979). */
function combine(
  means: Float32Array,
  variances: Float32Array,
  groups: number,
  mean: Float32Array,
  variance: Float32Array,
): void {
  const channels = mean.length;
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let k = c; k < means.length; k += channels) sum += means[k];
    const all = sum / groups;
    let spread = 0;
    for (let k = c; k < means.length; k += channels) {
      spread += variances[k] + (means[k] - all) ** 2;
    }
    mean[c] = all;
    variance[c] = spread / groups;
  }
}
