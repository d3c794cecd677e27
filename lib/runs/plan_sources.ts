import { join } from "node:path";
import { datasetCard, teacherCard } from "./input_cards.ts";
import type { PlanSources } from "./plan.ts";
import type { DataOptions } from "../data/data_source.ts";
import type { Dataset } from "../data/dataset.ts";
import { loadDataset } from "../data/load_dataset.ts";
import { PROJECT_ROOT } from "../files/project_root.ts";
import { exists } from "../data/read_data_file.ts";
import { findTeacher } from "../teacher/find.ts";

/** The folder that commands and notebooks use unless told otherwise. */
export const RESULTS = join(PROJECT_ROOT, "results");

/** Where data sets and teachers are looked for. */
export type PlanFolders = DataOptions & { readonly results?: string };

/** With the images themselves. */
export interface LoadedSources extends PlanSources {
  dataset(name: string): Promise<Dataset>;
}

/** Loads each data set once. */
export function planSources({ results = RESULTS, ...data }: PlanFolders): LoadedSources {
  const datasets = new Map<string, Promise<Dataset>>();
  return {
    dataset(name) {
      const loading = datasets.get(name) ?? loadDataset(name, data);
      datasets.set(name, loading);
      return loading;
    },
    teacher: (dataset, network) => findTeacher(results, dataset, network),
  };
}

/**
 * What the results folder says of its data sets and teachers; what it does not know is loaded. So is a
 * teacher that lies in the folder, to see that it is the one described.
 */
export function recordedSources(results: string, loaded: PlanSources): PlanSources {
  return {
    dataset: async (name) => await datasetCard(results, name) ?? await loaded.dataset(name),
    teacher: async (dataset, network) => {
      const card = network === undefined ? null : await teacherCard(results, dataset, network);
      return card && !await exists(card.file) ? card : await loaded.teacher(dataset, network);
    },
  };
}
