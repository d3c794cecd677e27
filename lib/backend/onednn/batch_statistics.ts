import { floatsIn } from "./arena.ts";
import { DataType } from "./constants.ts";
import { normalisation } from "./normalisation.ts";
import type { OnednnBackend } from "./onednn_backend.ts";

/** The number of values that may be added up in float32. */
const LONGEST_SUM = 1024;

/**
 * Computes mean and (biased) variance of each channel over batch, height and width.
 *
 * oneDNN adds up all values of a channel in float32 in one go: over 262,144 of them the error of a
 * mean of about 5 is 5e-5. Here groups of positions count as separate channels, so that the sums
 * are short. Their means and variances are combined in float64: the error is 2e-7. It takes a fifth
 * longer.
 *
 * @param x the address of `[n, h, w, c]`
 * @param spare memory of the same size that may be overwritten
 * @param type the type of both
 */
export function batchStatistics(
  backend: OnednnBackend,
  x: Deno.PointerValue,
  [n, h, w, channels]: number[],
  spare: Deno.PointerValue,
  mean: Float32Array,
  variance: Float32Array,
  type: DataType = DataType.f32,
): void {
  const groups = groupsFor(n, h * w);
  const size = channels * groups;
  const [means, variances] = [0, 0].map(() => backend.arena.allocate(4 * size));
  normalisation(backend, [n, h * w / groups, 1, size], 0, 0, type)
    .execute(x, means.pointer, variances.pointer, spare);
  combine(floatsIn(means, size), floatsIn(variances, size), groups, mean, variance);
  for (const block of [means, variances]) backend.arena.release(block);
}

/** Computes the number of groups of positions, all of one size, that keeps the sums short. */
function groupsFor(images: number, positions: number): number {
  let groups = 1;
  while (images * positions / groups > LONGEST_SUM && positions % (2 * groups) === 0) groups *= 2;
  return groups;
}

/**
 * Combines the groups: the variance of all values is the mean of the variances plus the variance of
 * the means (Chan et al. 1979).
 */
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
