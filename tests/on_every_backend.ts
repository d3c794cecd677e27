import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../lib/backend/start_backend.ts";
import { backends } from "../lib/backend/backends.ts";
import { withoutLeaks } from "./without_leaks.ts";

/** The reason for each backend that does not work on this machine. */
const unavailable = new Map<string, string>();
/** Working backends that `auto` skips: a GPU backend whose driver runs on the processor. */
const onlyIfNamed: string[] = [];
for (const backend of backends) {
  const { name } = backend;
  await startBackend(name).catch((error) => unavailable.set(name, error.message));
  await startBackend("auto", { candidates: [backend] }).catch(() => onlyIfNamed.push(name));
}

/** The names of the backends that work here. */
export const workingBackends = backends.map(({ name }) => name).filter((name) =>
  !unavailable.has(name)
);

/** The backends that `auto` may take. */
const usableBackends = workingBackends.filter((name) => !onlyIfNamed.includes(name));

/** The usable backends without plain JavaScript. */
export const fastBackends = usableBackends.filter((name) => name !== "cpu");

/** The backend that `auto` takes. */
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

/** Makes a function that registers a test on each backend. The test must free its tensors. */
export const registeredOn = (names: readonly string[]) => (name: string, run: Run): void => {
  for (const backend of names) {
    Deno.test(`${name} [${backend}]`, () => withoutLeaks(backend, () => run(backend)));
  }
};

/** For kernels, and for one whole attack: on every backend that works here. */
export const onEveryBackend = registeredOn(workingBackends);

/** For a comparison with plain JavaScript, which cannot differ from itself. */
export const onBackendsButCpu = registeredOn(workingBackends.filter((name) => name !== "cpu"));

/**
 * For code made of kernels that have their own tests (`tests/backend/kernels_in_use_test.ts` checks
 * that). Leaves out a GPU backend without a GPU, where a test takes a hundred times as long.
 */
export const onUsableBackends = registeredOn(usableBackends);

/** For work that would take too long in plain JavaScript. */
export const onFastBackends = registeredOn(fastBackends);

/** For code that does not depend on the backend. */
export const onAutomaticBackend = registeredOn([automaticBackend]);

/** Runs a computation on another backend. Default: plain JavaScript. */
export async function computedOn<T>(work: () => Promise<T>, backend = "cpu"): Promise<T> {
  const before = tf.getBackend();
  await startBackend(backend);
  try {
    return await work();
  } finally {
    await startBackend(before);
  }
}
