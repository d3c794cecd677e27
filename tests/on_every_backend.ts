import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../lib/backend/start_backend.ts";
import { backends } from "../lib/backend/backends.ts";
import { withoutLeaks } from "./without_leaks.ts";

/** Why each backend that does not work on this machine does not. */
const unavailable = new Map<string, string>();
/** Those that work, but that `auto` passes over: a GPU's backend whose driver computes on the processor. */
const onlyIfNamed: string[] = [];
for (const backend of backends) {
  const { name } = backend;
  await startBackend(name).catch((error) => unavailable.set(name, error.message));
  await startBackend("auto", { candidates: [backend] }).catch(() => onlyIfNamed.push(name));
}

/** The names of those that work here. */
export const workingBackends = backends.map(({ name }) => name).filter((name) =>
  !unavailable.has(name)
);

/** Those that `auto` may take. */
const usableBackends = workingBackends.filter((name) => !onlyIfNamed.includes(name));

/** The same without plain JavaScript. */
export const fastBackends = usableBackends.filter((name) => name !== "cpu");

/** The one that `auto` takes. */
export const automaticBackend = usableBackends[0];

for (const message of unavailable.values()) {
  const reason = message.split("\n")[1] ?? message;
  Deno.test({
    name: `tests on a backend that does not work here: ${reason}`,
    ignore: true,
    fn() {},
  });
}

type Run = (backend: string) => Promise<void> | void;

/** Gives a function that registers a test for each of these backends; it must free what it allocates. */
export const registeredOn = (names: readonly string[]) => (name: string, run: Run): void => {
  for (const backend of names) {
    Deno.test(`${name} [${backend}]`, () => withoutLeaks(backend, () => run(backend)));
  }
};

/** For kernels, and for one attack and one method as a whole: on every backend that works here. */
export const onEveryBackend = registeredOn(workingBackends);

/**
 * For what is made of kernels that have tests of their own (`tests/backend/kernels_in_use_test.ts` sees to
 * that): on every backend but a GPU's without a GPU, where a test takes a hundred times as long.
 */
export const onUsableBackends = registeredOn(usableBackends);

/** For work that would take long in plain JavaScript. */
export const onFastBackends = registeredOn(fastBackends);

/** For what does not depend on the backend. */
export const onAutomaticBackend = registeredOn([automaticBackend]);

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
