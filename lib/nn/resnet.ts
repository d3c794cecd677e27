import * as tf from "@tensorflow/tfjs";
import {
  type Architecture,
  type BlockShape,
  blocksOf,
  type Layers,
  resNetShapes,
  stageChannels,
} from "./architecture.ts";
import { BATCH_NORM_EPSILON } from "./batch_norm.ts";
import { disposeFolded, foldBatchNorm } from "./folded_resnet.ts";
import type { FreezingBackend } from "./freeze.ts";
import type { FrozenNetwork } from "./frozen_classifier.ts";
import { FrozenResNet } from "./frozen_resnet.ts";
import { type BatchNorm, globalAveragePool, ImageNetwork } from "./image_network.ts";
import type { Weight } from "./layout.ts";
import type { ForwardMode, NetworkOutput } from "./network.ts";
import type { NetworkFamily } from "./network_family.ts";
import type { Precision } from "./precision.ts";
import { shortcut } from "./shortcut.ts";
import { hasTrainingPass, requireTrainingPrecision, trainingPass } from "./training_pass.ts";
import { UserError } from "../user_error.ts";

/** A ResNet for small images (He et al. 2016, section 4.2) with option-A shortcuts. */
export class ResNet extends ImageNetwork {
  readonly featureChannels: readonly number[];
  readonly #blocks: BlockShape[][];

  constructor(architecture: Architecture, weights: ReadonlyMap<string, Weight>) {
    super(architecture, resNetShapes(architecture), weights);
    this.featureChannels = stageChannels(architecture);
    this.#blocks = blocksOf(architecture);
  }

  forward(images: tf.Tensor4D, { training, precision = "f32" }: ForwardMode): NetworkOutput {
    if (training) this.requirePrecision(precision);
    if (training && hasTrainingPass()) return this.#trainingPass(images, precision);
    const normalise = this.normalisation(training);
    let x = normalise("bn1", this.convolve("conv1", images));
    const features = this.#blocks.map((blocks) => {
      for (const block of blocks) x = this.#block(block, x, normalise);
      return x;
    });
    return { logits: this.linear("linear", globalAveragePool(x)), features };
  }

  freeze(precision: Precision): FrozenNetwork {
    const backend = tf.backend() as Partial<FreezingBackend>;
    const precisions = backend.precisions ?? ["f32"];
    if (!precisions.includes(precision)) {
      throw new UserError(
        `backend ${tf.getBackend()} does not compute a frozen network in ${precision} here; ` +
          `choose from ${precisions.join(", ")}`,
      );
    }
    const folded = foldBatchNorm(this);
    if (!backend.freeze) return new FrozenResNet(folded);
    try {
      return backend.freeze(folded, precision);
    } finally {
      disposeFolded(folded);
    }
  }

  requirePrecision(precision: Precision): void {
    requireTrainingPrecision(precision);
  }

  /** Runs the backend's own training pass. Feature maps are copied only if somebody reads them. */
  #trainingPass(images: tf.Tensor4D, precision: Precision): NetworkOutput {
    const parameters = [...this.parameters].filter(([name]) => !name.startsWith("linear."));
    const { pooled, statistics, features } = trainingPass(images, {
      stages: this.#blocks,
      parameters: new Map(parameters),
      epsilon: BATCH_NORM_EPSILON,
    }, precision);
    for (const [name, ofBatch] of statistics) this.moveStatistics(name, ofBatch);
    let copied: tf.Tensor4D[] | undefined;
    return {
      logits: this.linear("linear", pooled),
      get features() {
        return copied ??= features();
      },
    };
  }

  #block(block: BlockShape, x: tf.Tensor4D, normalise: BatchNorm): tf.Tensor4D {
    const { name, stride } = block;
    const inner = normalise(`${name}.bn1`, this.convolve(`${name}.conv1`, x, stride));
    return normalise(
      `${name}.bn2`,
      this.convolve(`${name}.conv2`, inner),
      shortcut(x, block),
    );
  }
}

/** The channels that a network may have, as multiples of those of He et al. */
const WIDTHS: readonly number[] = [0.25, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/**
 * The ResNets of He et al. (2016) for small images. "resnet8" has 8 layers in three stages,
 * "resnet8x4" four times as many channels in each, "resnet8x0.25" a quarter of them, and
 * "resnet10-4stage" 10 layers in four stages.
 *
 * Three stages, for 32×32, are theirs and the paper's. The fourth, for 64×64, is ours: the paper
 * does not say which networks it uses for that size. Networks called resnet8x4 elsewhere
 * (RepDistiller) have a first layer of half that width, and shortcuts with weights.
 */
export const resNets: NetworkFamily = {
  names: "resnet8, resnet14, resnet20, resnet26 or any resnet<6n+2>, for 64×64 images " +
    "resnet10-4stage, resnet18-4stage or any resnet<8n+2>-4stage, and for more or fewer channels " +
    `resnet8x4, resnet8x0.25 or any other of x${WIDTHS.join(", x")}`,
  tensors:
    "conv1.weight of 4, 8, 16 channels or a multiple of 16, three or four layers of equally many " +
    "blocks and linear.weight",
  parse(name) {
    const [, digits, multiple, fourth] = /^resnet(\d+)(?:x([\d.]+))?(-4stage)?$/.exec(name) ?? [];
    const layers = layersOf(Number(digits), Number(multiple ?? 1), fourth !== undefined);
    return isNetwork(layers) && nameOf(layers) === name ? layers : undefined;
  },
  nameOf,
  shapesOf: resNetShapes,
  infer(tensors) {
    const first = tensors.get("conv1.weight")?.shape ?? [];
    const linear = tensors.get("linear.weight")?.shape ?? [];
    const blocks = new Set(
      [...tensors.keys()].flatMap((name) => /^layer\d+\.\d+/.exec(name) ?? []),
    );
    const layers = layersOf(2 * blocks.size + 2, first[0] / 16, blocks.has("layer4.0"));
    if (first.length !== 4 || linear.length !== 2 || !isNetwork(layers)) return undefined;
    return { ...layers, channels: first[1], classes: linear[0] };
  },
  create: (architecture, weights) => new ResNet(architecture, weights),
};

function layersOf(depth: number, width: number, hasFourth: boolean): Layers {
  return { depth, ...(width !== 1 && { width }), ...(hasFourth && { stages: 4 }) };
}

/** Tells whether there is a network of so many layers, stages and channels. */
function isNetwork(layers: Layers): boolean {
  const { depth, width = 1 } = layers;
  return depth > 2 && depth % (2 * stageChannels(layers).length) === 2 &&
    WIDTHS.includes(width);
}

function nameOf({ depth, width, stages }: Layers): string {
  return `resnet${depth}${width ? `x${width}` : ""}${stages ? `-${stages}stage` : ""}`;
}
