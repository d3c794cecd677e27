import type { Backend } from "./backend.ts";

/**
 * Plain JavaScript, part of `@tensorflow/tfjs`. It is slow, needs nothing, and is the tests'
 * reference.
 */
export const cpu: Backend = {
  name: "cpu",
  summary: "plain JavaScript, the reference",
  runsAtOnce: (cores) => cores,
  register: () => Promise.resolve(),
};
