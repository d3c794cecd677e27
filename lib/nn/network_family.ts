import type { Architecture, Layers } from "./architecture.ts";
import type { ImageNetwork } from "./image_network.ts";
import type { Weight } from "./layout.ts";
import type { ParameterShape } from "./parameter_shapes.ts";

/**
 * A family of networks for images. A new architecture is a file with a value of this type, and a
 * line in `network_families.ts`.
 */
export interface NetworkFamily {
  /** `family` of its layers */
  readonly family?: string;
  /** Its names, for a person: "resnet8, resnet14 or any resnet<6n+2>" */
  readonly names: string;
  /** The tensors of its files, for a person */
  readonly tensors: string;
  /** Reads a name; undefined if no network of the family has it. */
  parse(name: string): Layers | undefined;
  nameOf(layers: Layers): string;
  /** Lists every parameter and running statistic, in PyTorch's order. */
  shapesOf(architecture: Architecture): ParameterShape[];
  /** Finds the architecture that a file's tensors belong to; undefined if none of the family. */
  infer(tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>):
    | Architecture
    | undefined;
  /** @param weights one for each shape, in TensorFlow.js's layout */
  create(architecture: Architecture, weights: ReadonlyMap<string, Weight>): ImageNetwork;
}
