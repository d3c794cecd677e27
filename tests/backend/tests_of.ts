import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../lib/backend/start_backend.ts";
import { withoutLeaks } from "../without_leaks.ts";

/**
 * Gives a function that registers tests of what only one backend has. They are skipped, with the
 * reason, where it does not work, and must free what they allocate.
 */
export async function testsOf<Backend extends tf.KernelBackend>(name: string) {
  const reason = await startBackend(name).then(() => null, (error: Error) => error.message);
  return (title: string, run: (backend: Backend) => Promise<void> | void): void => {
    const skipped = reason === null ? "" : ` (skipped: ${reason.split("\n").at(-1)})`;
    Deno.test({
      name: title + skipped,
      ignore: reason !== null,
      fn: () => withoutLeaks(name, () => run(tf.backend() as Backend)),
    });
  };
}
