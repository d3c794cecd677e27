import type { Backend } from "./backend.ts";

/** Plain JavaScript, part of `@tensorflow/tfjs`: slow, but the reference for tests. */
export const cpu: Backend = {
  name: "cpu",
  summary: "plain JavaScript, the reference",
  runsAtOnce: (cores) => cores,
  register: () => Promise.resolve(),
};
