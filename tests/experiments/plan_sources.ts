import type { PlanSources } from "../../experiments/plan/run_plan.ts";
import type { Dataset } from "../../lib/data/dataset.ts";

/** Data sets and teachers by name alone, for plans that nobody runs. */
export const namedSources: PlanSources = {
  dataset: (name) =>
    Promise.resolve({
      ...{ name, fingerprint: `of ${name}`, height: 32, width: 32, channels: 3 },
      classes: Array.from({ length: 10 }, (_, label) => `class ${label}`),
      train: { count: 5000 },
      test: { count: 1000 },
    } as unknown as Dataset),
  teacher: (dataset, network = "resnet26") =>
    Promise.resolve({
      ...{ name: `${dataset}-${network}`, network, hash: "0", metadata: {} },
      file: `${dataset}-${network}.safetensors`,
    }),
};
