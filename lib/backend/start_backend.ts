import * as tf from "@tensorflow/tfjs";
import type { Backend, BackendOptions } from "./backend.ts";
import { backends } from "./backends.ts";
import { leaveInterruptedWork } from "../stop/leave_interrupted_work.ts";
import { listenForStop } from "../stop/until_stopped.ts";
import { HIDING, isHidden } from "../files/hidden.ts";
import { UserError } from "../user_error.ts";

/** The backend that runs, and the reasons why those before it do not. */
export interface StartedBackend {
  readonly backend: Backend;
  readonly passedOver: readonly { readonly name: string; readonly reason: string }[];
}

export interface StartOptions extends Omit<BackendOptions, "isAutomatic"> {
  readonly candidates?: readonly Backend[];
}

/**
 * Starts a TensorFlow.js backend and makes it the current one.
 *
 * @param name a backend's name, or "auto" for the first of the list that works here
 * @param options.candidates the list to choose from
 * @throws UserError if the name is unknown, or, with reason and remedy, if the named backend does
 *   not work here
 */
export async function startBackend(
  name = "auto",
  { candidates = backends, ...options }: StartOptions = {},
): Promise<StartedBackend> {
  const chosen = backendsNamed(name, candidates);
  const { backend, passedOver } = await startFirst(chosen, {
    ...options,
    isAutomatic: name === "auto",
  });
  if (backend !== null) return { backend, passedOver };
  const reasons = passedOver.map(({ name, reason }) => `${name}: ${reason}`).join("\n");
  throw new UserError(`no backend could be started\n${reasons}`);
}

/**
 * Starts a backend and makes it the current one, or says in one line why "auto" cannot choose it
 * here. A backend for a GPU refuses on a machine without one.
 *
 * @returns null if it runs
 */
export async function whyNot(backend: Backend): Promise<string | null> {
  const { passedOver } = await startFirst([backend], { isAutomatic: true });
  return passedOver.length === 0 ? null : passedOver[0].reason.split("\n")[0];
}

/** Starts the first backend that works; null if none does. */
async function startFirst(
  candidates: readonly Backend[],
  options: BackendOptions,
): Promise<Omit<StartedBackend, "backend"> & { readonly backend: Backend | null }> {
  // Production mode silences TensorFlow.js's banner and warnings.
  tf.enableProdMode();
  leaveInterruptedWork();
  await listenForStop();
  const passedOver: { name: string; reason: string }[] = [];
  for (const backend of candidates) {
    try {
      await tryBackend(backend, options);
      return { backend, passedOver };
    } catch (error) {
      passedOver.push({ name: backend.name, reason: (error as Error).message });
    }
  }
  return { backend: null, passedOver };
}

/**
 * Returns the backends to try for a name: all of them for "auto".
 *
 * @throws UserError listing the valid names if the name is unknown
 */
export function backendsNamed(
  name: string,
  candidates: readonly Backend[] = backends,
): readonly Backend[] {
  const chosen = candidates.filter((candidate) => name === "auto" || candidate.name === name);
  if (chosen.length > 0) return chosen;
  const names = ["auto", ...candidates.map((candidate) => candidate.name)].join(", ");
  throw new UserError(`there is no backend "${name}"; choose from ${names}`);
}

/** Writes a line for each backend that was passed over, and one for the backend that runs. */
export function describeStartedBackend({ backend, passedOver }: StartedBackend): string {
  return [
    ...passedOver.map(({ name, reason }) => `backend ${name} passed over: ${reason}`),
    `backend: ${backend.name} (${backend.summary})`,
  ].join("\n");
}

/** Registers a backend and tries it out, since some register and then fail. */
async function tryBackend(backend: Backend, options: BackendOptions): Promise<void> {
  if (isHidden(backend.name)) throw new Error(`${HIDING} hides it`);
  await backend.register(options);
  if (!(await tf.setBackend(backend.name))) throw new Error("TensorFlow.js could not start it");
  const product = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])));
  const [value] = await product.data();
  product.dispose();
  if (value !== 11) throw new Error(`it computes 1·3 + 2·4 = ${value} instead of 11`);
}
