import type { PlanSources } from "../../lib/runs/plan.ts";
import type { Dataset } from "../../lib/data/dataset.ts";

/** Data sets and teachers with names but no content, for plans that are never run. */
export const namedSources: PlanSources = {
  dataset: (name) =>
    Promise.resolve({
      name,
      title: name,
      fingerprint: `of ${name}`,
      provenance: "verified",
      height: 32,
      width: 32,
      channels: 3,
      mean: [0.5, 0.5, 0.5],
      std: [0.2, 0.2, 0.2],
      classes: Array.from({ length: 10 }, (_, label) => `class ${label}`),
      train: { count: 5000 },
      test: { count: 1000 },
    } as unknown as Dataset),
  teacher: (dataset, network = "resnet26") =>
    Promise.resolve({
      name: `${dataset}-${network}`,
      network,
      hash: "0",
      metadata: {},
      file: `${dataset}-${network}.safetensors`,
    }),
};
