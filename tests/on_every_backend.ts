import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../lib/backend/start_backend.ts";
import { backends } from "../lib/backend/backends.ts";
import { withoutLeaks } from "./without_leaks.ts";

/** Why each backend that does not work on this machine does not. */
const unavailable = new Map<string, string>();
/** The slowest, in a list for `onFastBackends`. */
export const PLAIN_JAVASCRIPT = ["cpu"];
/** Plain JavaScript, and a GPU's backend without a GPU: no user gets that unless it is named. */
export const slowBackends = [...PLAIN_JAVASCRIPT];
for (const backend of backends) {
  const { name } = backend;
  await startBackend(name).catch((error) => unavailable.set(name, error.message));
  await startBackend("auto", { candidates: [backend] }).catch(() => slowBackends.push(name));
}

/** The names of those that work here. */
export const workingBackends = backends.map(({ name }) => name).filter((name) =>
  !unavailable.has(name)
);

/** The one that "auto" takes. */
export const automaticBackend = workingBackends.find((name) => !slowBackends.includes(name))!;

for (const message of unavailable.values()) {
  const reason = message.split("\n")[1] ?? message;
  Deno.test({
    name: `tests on a backend that does not work here: ${reason}`,
    ignore: true,
    fn() {},
  });
}

/**
 * Registers a test for every backend that works here; one skipped test names each of the others. A
 * test must free what it allocates: the number of tensors is checked.
 */
export function onEveryBackend(name: string, run: Run): void {
  register(name, run, () => true);
}

/**
 * The same for work that would take long where it is slow.
 *
 * @param without the backends that are left out; those that are slow here unless told otherwise
 */
export function onFastBackends(
  name: string,
  run: Run,
  without: readonly string[] = slowBackends,
): void {
  register(name, run, (backend) => !without.includes(backend));
}

/** The same for what does not depend on the backend: on the one that "auto" takes. */
export function onAutomaticBackend(name: string, run: Run): void {
  register(name, run, (backend) => backend === automaticBackend);
}

type Run = (backend: string) => Promise<void> | void;

function register(name: string, run: Run, wanted: (backend: string) => boolean): void {
  for (const backend of workingBackends.filter(wanted)) {
    Deno.test(`${name} [${backend}]`, () => withoutLeaks(backend, () => run(backend)));
  }
}

/** The test's own numbers on another backend: the plain JavaScript one, unless named. */
export async function computedOn<T>(work: () => Promise<T>, backend = "cpu"): Promise<T> {
  const before = tf.getBackend();
  await startBackend(backend);
  try {
    return await work();
  } finally {
    await startBackend(before);
  }
}
