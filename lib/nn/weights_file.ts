import type { Architecture } from "./architecture.ts";
import type { ImageNetwork } from "./image_network.ts";
import { type Weight, weightToDisk, weightToMemory } from "./layout.ts";
import {
  createNetwork,
  networkFamilies,
  networkName,
  parameterShapes,
} from "./network_families.ts";
import { decodePytorchFile } from "./pytorch_file.ts";
import { isPytorchFile } from "./pytorch_zip.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "./safetensors.ts";
import { UserError } from "../user_error.ts";
import { printable } from "../files/printable.ts";
import { writeAtomically } from "../files/write_atomically.ts";
import { sha256 } from "../files/sha256.ts";

/** A network read from a file, with the file's metadata. */
interface LoadedResNet {
  readonly network: ImageNetwork;
  readonly metadata: Record<string, string>;
  /** SHA-256 of the weights, names and shapes included: the identity of a teacher. */
  readonly hash: string;
}

/**
 * Reads a ResNet, wide or not, from a safetensors file with PyTorch's names and layouts, or from a
 * file by `torch.save`. Its architecture follows from the tensors.
 *
 * @throws UserError if the file is missing or damaged, or holds no such network
 */
export async function readResNet(file: string): Promise<LoadedResNet> {
  return decodeResNet(await readWeightsFile(file), file);
}

/**
 * Decodes the bytes of such a file.
 *
 * @param file its name, for error messages
 * @throws UserError if the bytes are damaged or hold no such network
 */
export function decodeResNet(bytes: Uint8Array, file: string): LoadedResNet {
  const { tensors, metadata } = isPytorchFile(bytes)
    ? { tensors: decodePytorchFile(bytes, file), metadata: {} }
    : decodeSafetensors(bytes, file);
  const architecture = inferArchitecture(tensors, file);
  return {
    network: createNetwork(architecture, weightsFrom(tensors, architecture, file)),
    metadata,
    hash: weightsHash(tensors),
  };
}

/** Encodes a network as a safetensors file with PyTorch's names and layouts. */
export async function encodeResNet(
  network: ImageNetwork,
  metadata: Record<string, string>,
): Promise<Uint8Array> {
  return encodeSafetensors({ tensors: await storedTensors(network.variables()), metadata });
}

/** Copies variables to the host, in PyTorch's layout. */
export async function storedTensors(
  variables: Iterable<readonly [string, { shape: number[]; data(): Promise<unknown> }]>,
): Promise<Map<string, StoredTensor>> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, variable] of variables) {
    const stored = weightToDisk(await variable.data() as Float32Array, variable.shape);
    tensors.set(name, { dtype: "F32", ...stored });
  }
  return tensors;
}

/**
 * Checks that a file holds a network's tensors and converts them to TensorFlow.js's layout.
 *
 * @throws UserError naming the first tensor that is missing, has another shape, is not finite,
 *   holds variances below zero, or does not belong to the network
 */
export function weightsFrom(
  tensors: ReadonlyMap<string, StoredTensor>,
  architecture: Architecture,
  file: string,
): Map<string, Weight> {
  const network = networkName(architecture);
  const weights = new Map(
    parameterShapes(architecture).map(({ name, shape }) => {
      const tensor = tensors.get(name);
      if (tensor?.dtype !== "F32") {
        throw new UserError(
          `${file} has no float32 tensor "${name}", which a ${network} needs`,
        );
      }
      if (String(tensor.shape) !== String(shape)) {
        throw new UserError(
          `${file}: tensor "${name}" has shape [${tensor.shape}], but a ${network} needs [${shape}]; ` +
            `give weights of that network`,
        );
      }
      if (!tensor.data.every(Number.isFinite)) {
        throw new UserError(
          `${file}: tensor "${name}" holds values that are not finite; get it again`,
        );
      }
      if (name.endsWith(".running_var") && tensor.data.some((value) => value < 0)) {
        throw new UserError(`${file}: tensor "${name}" holds variances below 0; get it again`);
      }
      return [name, weightToMemory(tensor.data, tensor.shape)] as const;
    }),
  );
  for (const name of tensors.keys()) {
    if (weights.has(name)) continue;
    throw new UserError(
      `${file}: a ${network} has no tensor "${printable(name)}" (a resnet's shortcuts have no ` +
        `weights); give weights of that network`,
    );
  }
  return weights;
}

function inferArchitecture(
  tensors: ReadonlyMap<string, StoredTensor>,
  file: string,
): Architecture {
  for (const family of networkFamilies) {
    const architecture = family.infer(tensors);
    if (architecture) return architecture;
  }
  const expected = networkFamilies.map(({ tensors }) => tensors).join("; or ");
  throw new UserError(
    `${file} does not hold a ResNet for small images: expected, under PyTorch's names, ${expected}`,
  );
}

/** @throws UserError if the file cannot be read */
export async function readWeightsFile(file: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    const [reason] = (error as Error).message.split(" (os error");
    throw new UserError(`cannot read the weights ${file}: ${reason}; give another path`, {
      cause: error,
    });
  }
}

/** Writes the bytes of a safetensors file, and checks the written file. */
export async function writeWeights(file: string, bytes: Uint8Array): Promise<void> {
  await writeAtomically(file, bytes, (written) => void decodeSafetensors(written, file));
}

/** Computes SHA-256 of weights, names and shapes, independent of their order in the file. */
export function weightsHash(tensors: ReadonlyMap<string, StoredTensor>): string {
  const sorted = [...tensors].sort(([a], [b]) => a < b ? -1 : 1);
  return sha256(...sorted.flatMap(([name, { dtype, shape, data }]) => [
    `${name} ${dtype} [${shape}]\n`,
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ]));
}
