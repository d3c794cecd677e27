import * as tf from "@tensorflow/tfjs";
import { weightToMemory } from "../nn/layout.ts";
import type { Network } from "../nn/network.ts";
import type { StoredTensor } from "../nn/safetensors.ts";
import { Sgd } from "../nn/sgd.ts";
import { storedTensors } from "../nn/weights_file.ts";
import type { Protocol } from "./protocol.ts";
import { UserError } from "../user_error.ts";
import type {
  DistillationMethod,
  MethodNetworks,
  ResolvedOptions,
} from "../distillation/method.ts";

/** The variables that change while a run trains, which a checkpoint holds. */
export class TrainingState<N extends Network> {
  readonly student: N;
  readonly optimizer: Sgd;
  /** The method's own variables. */
  readonly own: ReadonlyMap<string, tf.Variable>;
  /** The variables that the optimizer trains, by name. */
  readonly trained: ReadonlyMap<string, tf.Variable>;
  /** The precision of the student's passes. Default: float32. */
  readonly precision: Protocol["studentPrecision"];

  /** @param student belongs to the state from now on, and so does `own` */
  constructor(student: N, own: ReadonlyMap<string, tf.Variable>, protocol: Protocol) {
    this.student = student;
    this.optimizer = new Sgd(protocol);
    this.precision = protocol.studentPrecision;
    this.own = own;
    const trained = prefixed("method/", own).filter(([, { trainable }]) => trainable);
    this.trained = new Map([...student.parameters, ...trained]);
  }

  async save(): Promise<Map<string, StoredTensor>> {
    return new Map([
      ...await storedTensors(this.#variables()),
      ...await storedTensors(prefixed("momentum/", this.optimizer.state())),
    ]);
  }

  /**
   * Sets the variables to those of a checkpoint.
   *
   * @throws UserError naming a variable that the checkpoint lacks, or has in another shape
   */
  restore(tensors: ReadonlyMap<string, StoredTensor>): void {
    const toTensor = ({ data, shape }: StoredTensor) => {
      const weight = weightToMemory(data as Float32Array, shape);
      return tf.tensor(weight.data, weight.shape);
    };
    tf.tidy(() => {
      for (const [name, variable] of this.#variables()) {
        const stored = tensors.get(name);
        const value = stored && toTensor(stored);
        if (!value || String(value.shape) !== String(variable.shape)) {
          throw new UserError(
            `the checkpoint has no variable "${name}" of shape [${variable.shape}]; the method has ` +
              "changed since, so delete the run's checkpoints to begin anew",
          );
        }
        variable.assign(value);
      }
      const momentum = [...tensors].filter(([name]) => name.startsWith("momentum/"));
      this.optimizer.restore(
        new Map(
          momentum.map(([name, stored]) => [name.slice("momentum/".length), toTensor(stored)]),
        ),
      );
    });
  }

  /**
   * Does a mini-batch's work, and restores the variables that are not trained if it throws: running
   * statistics change in the student's forward pass, long before the optimizer's step.
   */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    const untrained = this.#variables().filter(([name]) => !this.trained.has(name))
      .map(([, variable]) => ({ variable, before: tf.clone(variable) }));
    try {
      return await work();
    } catch (error) {
      for (const { variable, before } of untrained) variable.assign(before);
      throw error;
    } finally {
      tf.dispose(untrained.map(({ before }) => before));
    }
  }

  /** Lists the variables that hold a value that is not finite. */
  async nonFinite(): Promise<string[]> {
    const names: string[] = [];
    for (const [name, variable] of this.#variables()) {
      if (!(await variable.data<"float32">()).every(Number.isFinite)) names.push(name);
    }
    return names;
  }

  /** Frees all but the student, the result of a finished run. */
  disposeAllButStudent(): void {
    this.optimizer.reset();
    for (const variable of this.own.values()) variable.dispose();
  }

  dispose(): void {
    this.disposeAllButStudent();
    this.student.dispose();
  }

  #variables(): [string, tf.Variable][] {
    return [...this.student.variables(), ...prefixed("method/", this.own)];
  }
}

/**
 * Makes the state that a run starts in.
 *
 * @param networks the student belongs to the state from now on
 * @throws UserError if the method cannot work with these networks, or has a variable that is not float32
 */
export function initialState<N extends Network>(
  { method, options, protocol }: {
    readonly method: DistillationMethod;
    readonly options: ResolvedOptions;
    readonly protocol: Protocol;
  },
  networks: MethodNetworks & { readonly student: N },
): TrainingState<N> {
  try {
    const own = method.createVariables?.(options, networks) ?? new Map<string, tf.Variable>();
    for (const [name, { dtype }] of own) {
      if (dtype === "float32") continue;
      tf.dispose([...own.values()]);
      throw new UserError(
        `the variable "${name}" of method "${method.name}" is ${dtype}, but a checkpoint holds float32 only`,
      );
    }
    return new TrainingState(networks.student, own, protocol);
  } catch (error) {
    networks.student.dispose();
    throw error;
  }
}

function prefixed<T>(prefix: string, map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].map(([name, value]) => [prefix + name, value]);
}
