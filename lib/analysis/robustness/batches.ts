import { stopPoint } from "../../stop/until_stopped.ts";

/**
 * Goes through rows batch by batch, and gives those that `keep` keeps of each batch.
 *
 * @throws DOMException "AbortError" if the work around it was stopped
 */
export async function filterInBatches(
  rows: readonly number[],
  size: number,
  keep: (batch: readonly number[]) => Promise<readonly number[]>,
): Promise<number[]> {
  const kept: number[] = [];
  for (let from = 0; from < rows.length; from += size) {
    await stopPoint();
    kept.push(...await keep(rows.slice(from, from + size)));
  }
  return kept;
}
