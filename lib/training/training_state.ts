import * as tf from "@tensorflow/tfjs";
import type { DistillationMethod } from "../distillation/method.ts";
import { initialiseResNet } from "../nn/initialise.ts";
import type { Architecture } from "../nn/architecture.ts";
import { weightToMemory } from "../nn/layout.ts";
import type { ResNet } from "../nn/resnet.ts";
import type { StoredTensor } from "../nn/safetensors.ts";
import { Sgd } from "../nn/sgd.ts";
import { storedTensors } from "../nn/weights_file.ts";
import type { Protocol } from "./protocol.ts";
import type { RandomStreams } from "./random_streams.ts";

/** All that changes while a run trains, and that a checkpoint must hold. */
export class TrainingState {
  readonly student: ResNet;
  readonly optimizer: Sgd;
  /** What the method trains besides the student. */
  readonly own: ReadonlyMap<string, tf.Variable>;
  /** What the optimizer trains, by name. */
  readonly trained: ReadonlyMap<string, tf.Variable>;

  constructor(
    architecture: Architecture,
    method: DistillationMethod,
    options: Readonly<Record<string, unknown>>,
    protocol: Protocol,
    streams: RandomStreams,
  ) {
    const random = streams.stream("init");
    this.student = initialiseResNet(architecture, random);
    this.optimizer = new Sgd(protocol);
    this.own = method.createVariables?.(options as never, { student: this.student, random }) ??
      new Map();
    this.trained = new Map([...this.student.parameters, ...prefixed("method/", this.own)]);
  }

  async save(): Promise<Map<string, StoredTensor>> {
    return new Map([
      ...await storedTensors(this.#variables()),
      ...await storedTensors(prefixed("momentum/", this.optimizer.state())),
    ]);
  }

  restore(tensors: ReadonlyMap<string, StoredTensor>): void {
    const toTensor = ({ data, shape }: StoredTensor) => {
      const weight = weightToMemory(data as Float32Array, shape);
      return tf.tensor(weight.data, weight.shape);
    };
    tf.tidy(() => {
      for (const [name, variable] of this.#variables()) {
        variable.assign(toTensor(tensors.get(name)!));
      }
      const momentum = [...tensors].filter(([name]) => name.startsWith("momentum/"));
      this.optimizer.restore(
        new Map(
          momentum.map(([name, stored]) => [name.slice("momentum/".length), toTensor(stored)]),
        ),
      );
    });
  }

  /** The names of variables that hold a value that is not finite. */
  async nonFinite(): Promise<string[]> {
    const names: string[] = [];
    for (const [name, variable] of this.#variables()) {
      if (!(await variable.data<"float32">()).every(Number.isFinite)) names.push(name);
    }
    return names;
  }

  /** Leaves only the student, the result of a finished run. */
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

function prefixed<T>(prefix: string, map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].map(([name, value]) => [prefix + name, value]);
}
