import type { DataOptions } from "./data_source.ts";
import type { Dataset } from "./dataset.ts";
import { dataSources } from "./sources.ts";
import { UserError } from "../user_error.ts";

/**
 * Loads a data set; files that are missing are downloaded from their official place.
 *
 * @throws UserError for an unknown name (listing the valid ones), or for files that are missing and
 *   cannot be downloaded, truncated, or hold impossible values
 */
export async function loadDataset(name: string, options: DataOptions = {}): Promise<Dataset> {
  const source = dataSources.find((candidate) => candidate.name === name);
  if (source) return await source.load(options);
  const names = dataSources.map((candidate) => candidate.name).join(", ");
  throw new UserError(`there is no data set "${name}"; choose from ${names}`);
}
