import * as tf from "@tensorflow/tfjs";
import type { DatasetDescription, ImageSet } from "../../data/dataset.ts";
import type { PointSet } from "../../data/point_set.ts";
import { architectureFor, createNetwork } from "../../nn/network_families.ts";
import { DenseNetwork } from "../../nn/dense_network.ts";
import { frozenOf } from "../../nn/freeze.ts";
import type { FrozenNetwork } from "../../nn/frozen_classifier.ts";
import { FrozenDense } from "../../nn/frozen_dense.ts";
import { weightToMemory } from "../../nn/layout.ts";
import { decodeSafetensors, type Safetensors } from "../../nn/safetensors.ts";
import { weightsFrom } from "../../nn/weights_file.ts";
import { NETWORKS } from "../names.ts";

/** The files of `explorer_data.js` by name, packed. */
declare const explorerData: Readonly<Record<string, string>>;

/** Unpacks a file; `explorer.js` has it. */
declare function unpack(packed: string): Promise<Uint8Array>;

async function tensorsOf(name: string): Promise<Safetensors> {
  const planes = await unpack(explorerData[name]);
  const bytes = new Uint8Array(planes.length);
  for (let plane = 0, from = 0; plane < 4; plane++) {
    for (let to = plane; to < bytes.length; to += 4) bytes[to] = planes[from++];
  }
  return decodeSafetensors(bytes, name);
}

/** Some test images of a data set. */
export interface EmbeddedImages {
  readonly dataset: DatasetDescription;
  readonly set: ImageSet;
}

/** Unpacks the images that come with the page. */
export async function embeddedImages(): Promise<EmbeddedImages> {
  const { tensors, metadata } = await tensorsOf("images");
  const [images, labels] = ["images", "labels"].map((name) => tensors.get(name)!.data);
  return {
    dataset: JSON.parse(metadata.dataset),
    set: { images: images as Uint8Array, labels: labels as Uint8Array, count: labels.length },
  };
}

/** Unpacks the networks for images, in the order of `NETWORKS`. */
export async function imageNetworks(dataset: DatasetDescription): Promise<FrozenNetwork[]> {
  return await Promise.all(NETWORKS.map(async (name) => {
    const { tensors, metadata } = await tensorsOf(name);
    const { student } = JSON.parse(metadata.specification);
    const architecture = architectureFor(student, dataset);
    return frozenOf(createNetwork(architecture, weightsFrom(tensors, architecture, name)));
  }));
}

/** A problem in the plane with its networks. */
export interface EmbeddedPlane {
  /** The points that the students learned from */
  readonly points: PointSet;
  /** In the order of `NETWORKS` */
  readonly networks: readonly FrozenNetwork[];
}

/** Unpacks the networks of a toy. */
export async function embeddedPlane(toy: string): Promise<EmbeddedPlane> {
  const { tensors } = await tensorsOf(toy);
  const networks = NETWORKS.map((name) => {
    const own = [...tensors].filter(([tensor]) => tensor.startsWith(`${name}.`))
      .map(([tensor, { data, shape }]) =>
        [tensor.slice(name.length + 1), weightToMemory(data as Float32Array, shape)] as const
      );
    const outputs = own.filter(([tensor]) => tensor.endsWith(".bias")).map(([, { shape }]) =>
      shape[0]
    );
    // The initial weights do not matter: all are replaced.
    const network = new DenseNetwork([2, ...outputs], () => 0.5);
    for (const [tensor, { data, shape }] of own) {
      tf.tidy(() => network.parameters.get(tensor)!.assign(tf.tensor(data, shape)));
    }
    const frozen = new FrozenDense(network);
    network.dispose();
    return frozen;
  });
  const [points, labels] = ["points", "labels"].map((name) => tensors.get(name)!.data);
  return {
    networks,
    points: {
      name: toy,
      points: points as Float32Array,
      labels: labels as Int32Array,
      classes: networks[0].classes,
    },
  };
}
