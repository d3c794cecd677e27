import type { Dataset } from "./dataset.ts";

/** (v/255 − mean)/std of each 8-bit value v; that of channel c lies at 256·c + v. */
export function normalisationTable({ mean, std }: Pick<Dataset, "mean" | "std">): Float32Array {
  const table = new Float32Array(256 * mean.length);
  for (let i = 0; i < table.length; i++) {
    table[i] = ((i & 255) / 255 - mean[i >> 8]) / std[i >> 8];
  }
  return table;
}
