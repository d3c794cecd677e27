/** One way to run TensorFlow.js operations. Adding one takes a file and a line in `backends.ts`. */
export interface Backend {
  /** The name under which TensorFlow.js knows it, and that `--backend` takes. */
  readonly name: string;
  /** What it is, for help texts and for `setup`. */
  readonly summary: string;
  /**
   * How many runs `reproduce` trains side by side on `cores` processor cores: as many as there are
   * cores where one run keeps one core busy, one where a run fills the machine by itself.
   */
  runsAtOnce(cores: number): number;
  /**
   * Loads what it needs and registers its kernels.
   *
   * @throws Error whose message says what is missing and how to get it
   */
  register(): Promise<void>;
}
