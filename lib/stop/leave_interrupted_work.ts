import * as tf from "@tensorflow/tfjs";

/** The part of TensorFlow.js's bookkeeping that an interrupt leaves as it was. */
interface EngineState {
  gradientDepth: number;
  kernelDepth: number;
  activeTape: { readonly saved?: readonly tf.Tensor[] }[] | null;
  readonly scopeStack: readonly unknown[];
}

/**
 * Stopping a cell in Jupyter ends it wherever it is, also within a gradient or a `tidy`, whose ends
 * then never come: the next gradient would find a half-written tape. Ends them, and frees what they
 * hold. To be called where nothing can be under way.
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
