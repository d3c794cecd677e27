import type { Arithmetic } from "../backend/backend.ts";
import { backends } from "../backend/backends.ts";
import { TFJS_VERSION } from "../store/provenance.ts";

/** What must be the same for a resumed run to end in the same bits as an uninterrupted one. */
export interface Environment {
  readonly backend: string;
  readonly tfjs: string;
  /** Threads of the run, since sums over several are rounded otherwise; left out for one */
  readonly threads?: number;
  /** Left out by older versions, whose checkpoints are not held against it */
  readonly arithmetic?: Arithmetic;
}

/**
 * Describes what a run is computed with.
 *
 * @param backend the name of one that was started
 */
export async function environmentOf(backend: string, threads = 1): Promise<Environment> {
  return {
    backend,
    tfjs: TFJS_VERSION,
    ...(threads > 1 ? { threads } : {}),
    arithmetic: await backends.find(({ name }) => name === backend)?.arithmetic?.() ?? {},
  };
}
