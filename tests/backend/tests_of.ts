import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../lib/backend/start_backend.ts";
import { withoutLeaks } from "../without_leaks.ts";

/**
 * Returns a function that registers tests of a single backend. Where the backend does not work, or
 * lacks what `lacking` names, the tests are skipped with the reason. They must free all tensors that
 * they allocate.
 */
export async function testsOf<Backend extends tf.KernelBackend>(
  name: string,
  lacking: (backend: Backend) => string | null = () => null,
) {
  const reason = await startBackend(name).then(
    () => lacking(tf.backend() as Backend),
    (error: Error) => error.message,
  );
  return (title: string, run: (backend: Backend) => Promise<void> | void): void => {
    const skipped = reason === null ? "" : ` (skipped: ${reason.split("\n").at(-1)})`;
    Deno.test({
      name: title + skipped,
      ignore: reason !== null,
      fn: () => withoutLeaks(name, () => run(tf.backend() as Backend)),
    });
  };
}
