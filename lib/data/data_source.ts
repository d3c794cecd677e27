import type { Dataset } from "./dataset.ts";

/** Where to look for data, and what to accept. */
export interface DataOptions {
  /** The data folder; see `dataFolder`. */
  readonly dataFolder?: string;
  /** Accept files whose official checksums are not known; they must still be whole. */
  readonly acceptUnverified?: boolean;
}

/** A data set that can be loaded. Adding one takes a file and a line in `sources.ts`. */
export interface DataSource {
  readonly name: string;
  readonly title: string;
  /** @throws UserError naming the file, what is wrong with it and the remedy */
  load(options: DataOptions): Promise<Dataset>;
}
