import * as tf from "@tensorflow/tfjs";

/** The part of TensorFlow.js's bookkeeping that an interrupt leaves unfinished. */
interface EngineState {
  gradientDepth: number;
  kernelDepth: number;
  activeTape: { readonly saved?: readonly tf.Tensor[] }[] | null;
  readonly scopeStack: readonly unknown[];
}

/**
 * Ends gradients and `tidy` scopes that an interrupt left open, and frees what they hold. Stop in
 * Jupyter can end a cell within a gradient or a `tidy`; the next gradient would find a half-written
 * tape. Call it only where no work can be under way.
 */
export function leaveInterruptedWork(): void {
  const engine = tf.engine();
  const state = engine.state as unknown as EngineState;
  for (const { saved } of state.activeTape ?? []) tf.dispose([...saved ?? []]);
  while (state.scopeStack.length > 0) engine.endScope();
  state.gradientDepth = 0;
  state.kernelDepth = 0;
  state.activeTape = null;
}
