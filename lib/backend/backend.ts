/** One way to run TensorFlow.js operations. Adding one takes a file and a line in `backends.ts`. */
export interface Backend {
  /** Its name in TensorFlow.js and for `--backend`. */
  readonly name: string;
  /** A short description for help texts and `setup`. */
  readonly summary: string;
  /**
   * Returns the number of runs that `reproduce` trains side by side on `cores` processor cores: one
   * a core if a run uses a single core, and one in all if a run fills the machine.
   */
  runsAtOnce(cores: number): number;
  /** True if it computes on as many threads as it is told to. Others ignore the number. */
  readonly takesThreads?: true;
  /**
   * Loads its libraries and registers its kernels.
   *
   * @throws Error saying what is missing and how to get it
   */
  register(options: BackendOptions): Promise<void>;
  /**
   * Waits until all queued work is done. Only backends whose kernels return early have this method.
   * Call it only while the backend is the current one.
   */
  finish?(): Promise<void>;
  /**
   * Describes everything besides the backend's name that affects rounding. Call it only after the
   * backend has started. Runs store the answer, and a checkpoint resumes only where the answer is
   * the same.
   */
  arithmetic?(): Promise<Arithmetic>;
}

/** Names and values, such as `instructions: "AVX2"`. */
export type Arithmetic = Readonly<Record<string, string>>;

/** The version of our own kernels. Raise it with a change after which a stored run has other bits. */
const KERNELS: number = 1;

/** Tells runs of different versions of our kernels apart. The first version goes without saying. */
export const ownKernels: Arithmetic = KERNELS === 1 ? {} : { kernels: String(KERNELS) };

export interface BackendOptions {
  /**
   * The number of cores to compute on, for backends that leave the choice; default: all. The first
   * start in a thread decides.
   */
  readonly threads?: number;
  /** True under `auto`: the backend then refuses where a later one would be faster. */
  readonly isAutomatic?: boolean;
}

/** Gives the number of threads that a backend computes on if it is told to take so many. */
export function threadsOf({ takesThreads }: Backend, threads: number): number {
  return takesThreads ? threads : 1;
}
