/**
 * Trains the networks of the explorer's plane, as notebooks/boundary-2d.ipynb does, and writes them
 * beside this file.
 *
 * usage: deno run -A lib/explorer/embedded/make_plane.ts
 */
import * as tf from "@tensorflow/tfjs";
import { fileURLToPath } from "node:url";
import seedrandom from "seedrandom";
import { startBackend } from "../../backend/start_backend.ts";
import { toyNamed } from "../../data/toys.ts";
import { methodNamed } from "../../distillation/methods.ts";
import { FrozenDense } from "../../nn/frozen_dense.ts";
import { encodeSafetensors, type StoredTensor } from "../../nn/safetensors.ts";
import { storedTensors, writeWeights } from "../../nn/weights_file.ts";
import { trainOnPoints } from "../../training/train_on_points.ts";
import { NETWORKS, TOYS } from "../names.ts";

/** The seed of the notebook's pictures. */
const SEED = 1;

/** Trains teacher and students of one toy; returns their weights and the students' points. */
export async function makePlane(toyName: string): Promise<Map<string, StoredTensor>> {
  const toy = toyNamed(toyName);
  const draw = (what: string) => seedrandom(what) as () => number;
  const { student: teacher } = await trainOnPoints({
    points: toy.make(400, draw("points of the teacher")),
    method: methodNamed("original"),
    teacher: null,
    hidden: [64, 64],
    protocol: { epochs: 60, batchSize: 50 },
    seed: 0,
  });
  const frozen = new FrozenDense(teacher);
  const points = toy.make(30, draw(`points of student ${SEED}`));
  const tensors = new Map<string, StoredTensor>([
    ["points", { dtype: "F32", shape: [30, 2], data: points.points }],
    ["labels", { dtype: "I32", shape: [30], data: points.labels }],
  ]);
  const add = async (name: string, variables: [string, tf.Variable][]) => {
    for (const [parameter, tensor] of await storedTensors(variables)) {
      tensors.set(`${name}.${parameter}`, tensor);
    }
    tf.dispose(variables.map(([, variable]) => variable));
  };
  await add("teacher", teacher.variables());
  for (const name of NETWORKS.slice(1)) {
    const { student } = await trainOnPoints({
      points,
      method: methodNamed(name),
      options: name === "bss" ? { step: "newton", eta: 1 } : {},
      teacher: name === "original" ? null : frozen,
      hidden: [16, 16],
      protocol: { epochs: 80, batchSize: 10, learningRate: 0.03 },
      seed: SEED,
    });
    await add(name, student.variables());
  }
  frozen.dispose();
  return tensors;
}

if (import.meta.main) {
  await startBackend("wasm");
  for (const toy of TOYS) {
    const file = fileURLToPath(new URL(`${toy}.safetensors`, import.meta.url));
    await writeWeights(file, encodeSafetensors({ tensors: await makePlane(toy), metadata: {} }));
  }
}
