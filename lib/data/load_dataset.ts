import type { DataOptions } from "./data_source.ts";
import type { Dataset } from "./dataset.ts";
import { dataSourceNamed } from "./sources.ts";

/**
 * Loads a data set; files that are missing are downloaded from their official place.
 *
 * @throws UserError for an unknown name (listing the valid ones), or for files that are missing and
 *   cannot be downloaded, truncated, or hold impossible values
 */
export async function loadDataset(name: string, options: DataOptions = {}): Promise<Dataset> {
  return await dataSourceNamed(name).load(options);
}
