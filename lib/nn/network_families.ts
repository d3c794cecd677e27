import type { Architecture, Layers } from "./architecture.ts";
import type { ImageNetwork } from "./image_network.ts";
import type { Weight } from "./layout.ts";
import type { NetworkFamily } from "./network_family.ts";
import type { ParameterShape } from "./parameter_shapes.ts";
import { resNets } from "./resnet.ts";
import { wideResNets } from "./wide_resnet.ts";
import { UserError } from "../user_error.ts";

/** All networks for images. */
export const networkFamilies: readonly NetworkFamily[] = [resNets, wideResNets];

/**
 * Reads a network's name, such as "resnet8", "resnet8x4", "resnet10-4stage" or "wrn-16-2".
 *
 * @throws UserError if there is no such network
 */
export function parseNetwork(name: string): Layers {
  const layers = findNetwork(name);
  if (layers) return layers;
  const names = networkFamilies.map(({ names }) => names).join("; or ");
  throw new UserError(`there is no network "${name}"; use ${names}`);
}

/** Reads a network's name; undefined if there is no such network. */
export function findNetwork(name: string): Layers | undefined {
  return networkFamilies.flatMap((family) => family.parse(name) ?? []).at(0);
}

/** Returns the name that `parseNetwork` reads. */
export function networkName(layers: Layers): string {
  return familyOf(layers).nameOf(layers);
}

/** Returns the network of that name for a data set. @throws UserError as `parseNetwork` */
export function architectureFor(
  name: string,
  { channels, classes }: { readonly channels: number; readonly classes: readonly string[] },
): Architecture {
  return { ...parseNetwork(name), channels, classes: classes.length };
}

/** Lists every parameter and running statistic, in PyTorch's order. */
export function parameterShapes(architecture: Architecture): ParameterShape[] {
  return familyOf(architecture).shapesOf(architecture);
}

/** @param weights one for each name of `parameterShapes`, in TensorFlow.js's layout */
export function createNetwork(
  architecture: Architecture,
  weights: ReadonlyMap<string, Weight>,
): ImageNetwork {
  return familyOf(architecture).create(architecture, weights);
}

function familyOf(layers: Layers): NetworkFamily {
  return networkFamilies.find(({ family }) => family === layers.family)!;
}
