import type { DistillationMethod, MethodNetworks } from "../distillation/method.ts";
import type { Network } from "../nn/network.ts";
import type { Protocol } from "./protocol.ts";
import { TrainingState } from "./training_state.ts";

/**
 * The state that a run starts in: the student, and what the method trains besides.
 *
 * @param networks the student is the state's from now on
 * @throws UserError if the method cannot work with these networks
 */
export function initialState<N extends Network>(
  { method, options, protocol }: {
    readonly method: DistillationMethod;
    readonly options: Readonly<Record<string, unknown>>;
    readonly protocol: Protocol;
  },
  networks: MethodNetworks & { readonly student: N },
): TrainingState<N> {
  try {
    const own = method.createVariables?.(options as never, networks);
    return new TrainingState(networks.student, own ?? new Map(), protocol);
  } catch (error) {
    networks.student.dispose();
    throw error;
  }
}
