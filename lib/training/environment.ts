import type { Arithmetic } from "../backend/backend.ts";
import { backends } from "../backend/backends.ts";
import { TFJS_VERSION } from "../store/provenance.ts";

/** The conditions that must stay the same for a resumed run to end in the same bits. */
export interface Environment {
  readonly backend: string;
  readonly tfjs: string;
  /** The number of threads, which changes the rounding of sums; left out for one thread */
  readonly threads?: number;
  /** The backend's rounding; checkpoints of older versions lack it and are accepted */
  readonly arithmetic?: Arithmetic;
}

/**
 * Describes the environment that a run is computed in.
 *
 * @param backend the name of a started backend
 * @param threads the number that it was started with; give it if a run may resume on another machine
 */
export async function environmentOf(backend: string, threads = 1): Promise<Environment> {
  return {
    backend,
    tfjs: TFJS_VERSION,
    ...(threads > 1 ? { threads } : {}),
    arithmetic: await backends.find(({ name }) => name === backend)?.arithmetic?.() ?? {},
  };
}

/** The backend in the record of a run or a teacher. It decides the last bits of the weights. */
export type MadeOn = { readonly backend: string; readonly threads: string } & Arithmetic;

/** Describes the backend for the record of a run or a teacher. */
export function madeOn({ backend, threads = 1, arithmetic }: Environment): MadeOn {
  return { backend, threads: String(threads), ...arithmetic };
}
