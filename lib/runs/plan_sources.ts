import { DATASET_CARD } from "./input_cards.ts";
import type { PlanSources } from "./plan.ts";
import type { DataOptions } from "../data/data_source.ts";
import type { Dataset } from "../data/dataset.ts";
import { loadDataset } from "../data/load_dataset.ts";
import { RESULTS } from "../files/project_root.ts";
import { exists } from "../files/exists.ts";
import { readCard } from "../store/input_card.ts";
import { cardOf, findTeacher, TEACHER_CARD, teacherFile, teacherName } from "../teacher/find.ts";

/** The folders of data sets and teachers. */
export type PlanFolders = DataOptions & { readonly results?: string };

/** Sources that load the images themselves. */
export interface LoadedSources extends PlanSources {
  dataset(name: string): Promise<Dataset>;
}

/** Makes sources that load each data set once. */
export function planSources({ results = RESULTS, ...data }: PlanFolders): LoadedSources {
  const datasets = new Map<string, Promise<Dataset>>();
  return {
    dataset(name) {
      const loading = datasets.get(name) ?? loadDataset(name, data);
      datasets.set(name, loading);
      // A user may put back a missing file and try again.
      loading.catch(() => datasets.delete(name));
      return loading;
    },
    teacher: (dataset, network) => findTeacher(results, dataset, network),
  };
}

/**
 * Makes sources that read the cards of a results folder, and load what has no card. A teacher whose
 * weights are in the folder is loaded too, to check it against its card.
 */
export function recordedSources(results: string, loaded: PlanSources): PlanSources {
  return {
    dataset: async (name) =>
      await readCard(DATASET_CARD, results, name) ?? await loaded.dataset(name),
    teacher: async (dataset, network) => {
      if (network === undefined) return await loaded.teacher(dataset);
      const name = teacherName(dataset, network);
      const card = await readCard(TEACHER_CARD, results, name);
      // The weights would be here.
      const file = teacherFile(results, name);
      if (card && !await exists(file)) return { ...cardOf(card), file };
      return await loaded.teacher(dataset, network);
    },
  };
}
