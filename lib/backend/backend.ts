/** One way to run TensorFlow.js operations. Adding one takes a file and a line in `backends.ts`. */
export interface Backend {
  /** The name under which TensorFlow.js knows it, and that `--backend` takes. */
  readonly name: string;
  /** What it is, for help texts and for `setup`. */
  readonly summary: string;
  /**
   * How many runs `reproduce` trains side by side on `cores` processor cores: as many as there are
   * cores where a run may keep to one core, one where a run fills the machine by itself.
   */
  runsAtOnce(cores: number): number;
  /**
   * Loads what it needs and registers its kernels.
   *
   * @throws Error whose message says what is missing and how to get it
   */
  register(options: BackendOptions): Promise<void>;
  /**
   * Waits until the work that was queued is done. Only a backend whose kernels return before their work is
   * done has it, and it is called only while that backend is the current one.
   */
  finish?(): Promise<void>;
  /**
   * Describes what rounding depends on besides the backend's name, where anything does. Asked only of a
   * backend that was started. Runs keep it, and a checkpoint is resumed only where it is the same.
   */
  arithmetic?(): Promise<Arithmetic>;
}

/** Names and values, such as `instructions: "AVX2"`. */
export type Arithmetic = Readonly<Record<string, string>>;

export interface BackendOptions {
  /** How many cores to compute on, where a backend leaves the choice; all of them if left out. */
  readonly threads?: number;
  /** Whether it is tried as one of several, so that it should refuse where the next would do better. */
  readonly isAutomatic?: boolean;
}
