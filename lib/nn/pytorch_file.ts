import { printable } from "../files/printable.ts";
import { decodePickle, type Global } from "./pickle.ts";
import { openPytorchZip } from "./pytorch_zip.ts";
import { isBatchCount, type StoredTensor } from "./safetensors.ts";
import { UserError } from "../user_error.ts";

/** The dictionaries' keys under which training scripts keep a network's state dict. */
const WRAPPERS = ["net", "state_dict", "model", "model_state_dict"];

/**
 * Reads the state dict of a network from a file by `torch.save`: a zip of a pickle and of the
 * tensors' values. Runs nothing of the pickle. Half precision and bfloat16 become float32, without
 * loss. The state dict may be a value of a dictionary (`WRAPPERS`), and "module." may be in front of
 * all names. Counts of mini-batches are left out.
 *
 * @param file its name, for error messages
 * @throws UserError naming the file and what is wrong with it
 */
export function decodePytorchFile(bytes: Uint8Array, file: string): Map<string, StoredTensor> {
  try {
    const { pickle, records } = openPytorchZip(bytes);
    const tensors = stateDict(decodePickle(pickle, NAMES));
    refuseOverlaps(tensors);
    return new Map([...tensors].map(([name, tensor]) => [name, stored(name, tensor, records)]));
  } catch (error) {
    throw new UserError(
      `cannot take weights from ${file}: ${printable((error as Error).message)}; ` +
        `get it again, or make it with torch.save(network.state_dict(), FILE)`,
      { cause: error },
    );
  }
}

/** A type of numbers. */
interface NumberType {
  readonly name: string;
  readonly size: number;
  /** Converts a copy of the bytes to float32; missing if that would lose digits. */
  readonly toFloat32?: (values: ArrayBuffer) => Float32Array;
}

const NUMBER_TYPES: Readonly<Record<string, NumberType>> = {
  "torch.FloatStorage": { name: "float32", size: 4, toFloat32: (x) => new Float32Array(x) },
  "torch.HalfStorage": {
    name: "float16",
    size: 2,
    toFloat32(values) {
      const view = new DataView(values);
      return Float32Array.from(
        { length: values.byteLength / 2 },
        (_, k) => view.getFloat16(2 * k, true),
      );
    },
  },
  "torch.BFloat16Storage": {
    name: "bfloat16",
    size: 2,
    // A bfloat16 is the upper half of a float32.
    toFloat32: (values) =>
      new Float32Array(Uint32Array.from(new Uint16Array(values), (half) => half << 16).buffer),
  },
  "torch.DoubleStorage": { name: "float64", size: 8 },
  "torch.LongStorage": { name: "int64", size: 8 },
  "torch.IntStorage": { name: "int32", size: 4 },
  "torch.ShortStorage": { name: "int16", size: 2 },
  "torch.CharStorage": { name: "int8", size: 1 },
  "torch.ByteStorage": { name: "uint8", size: 1 },
  "torch.BoolStorage": { name: "bool", size: 1 },
};

/** The arguments with which a pickle makes a tensor. They may be anything. */
class PickledTensor {
  constructor(readonly values: readonly unknown[]) {}
}

const NAMES = {
  globals: new Map<string, Global>([
    ...Object.entries(NUMBER_TYPES),
    ["collections.OrderedDict", () => new Map()],
    ["torch._utils._rebuild_tensor_v2", (values) => new PickledTensor(values)],
    ["torch._utils._rebuild_parameter", ([tensor]) => tensor],
  ]),
  persistent: (id: unknown) => id,
};

/** Finds the tensors of the network in what the pickle holds. */
function stateDict(content: unknown): Map<string, TensorPlace> {
  if (!(content instanceof Map)) throw new Error("it holds no dictionary of tensors");
  const wrapped = WRAPPERS.filter((key) => content.get(key) instanceof Map);
  if (wrapped.length > 1) throw new Error(`it holds several networks: ${wrapped.join(", ")}`);
  const entries: [unknown, unknown][] = [...(wrapped[0] ? content.get(wrapped[0]) : content)];
  const isParallel = entries.every(([name]) => String(name).startsWith("module."));
  const tensors = new Map<string, TensorPlace>();
  for (const [key, tensor] of entries) {
    if (typeof key !== "string" || !(tensor instanceof PickledTensor)) {
      throw new Error(`its "${key}" is not a tensor`);
    }
    const name = key.slice(isParallel ? "module.".length : 0);
    if (isBatchCount(name)) continue;
    tensors.set(name, placeOf(name, tensor));
  }
  return tensors;
}

/** The place of a tensor's values. */
interface TensorPlace {
  readonly type: NumberType;
  /** The key of its storage. */
  readonly key: string;
  /** The number of its storage's values. */
  readonly size: number;
  /** Its first value in the storage. */
  readonly offset: number;
  readonly count: number;
  readonly shape: readonly number[];
}

/** Checks the arguments of `_rebuild_tensor_v2`: storage, offset, shape and strides come first. */
function placeOf(name: string, { values: [storage, offset, shape, strides] }: PickledTensor) {
  const [kind, type, key, , size] = Array.isArray(storage) ? storage : [];
  const isType = Object.values(NUMBER_TYPES).includes(type);
  if (
    kind !== "storage" || !isType || typeof key !== "string" || !isCount(size) ||
    !isCount(offset) || !areCounts(shape) || !areCounts(strides)
  ) {
    throw new Error(`tensor "${name}" is not described as PyTorch does it`);
  }
  let count = 1;
  const isInOrder = shape.toReversed().every((extent, k) => {
    const fits = extent === 1 || strides.at(-1 - k) === count;
    count *= extent;
    return fits;
  });
  if (!isInOrder || strides.length !== shape.length) {
    throw new Error(`the values of tensor "${name}" are not in order (not contiguous)`);
  }
  if (offset + count > size) {
    throw new Error(`tensor "${name}" of shape [${shape}] reaches beyond its storage`);
  }
  return { type, key, size, offset, count, shape };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && value as number >= 0;
}

function areCounts(list: unknown): list is number[] {
  return Array.isArray(list) && list.every(isCount);
}

/** Refuses tensors that share values. So all tensors together are no larger than the file. */
function refuseOverlaps(tensors: ReadonlyMap<string, TensorPlace>): void {
  const byStorage = Map.groupBy(tensors, ([, { key }]) => key);
  for (const entries of byStorage.values()) {
    let end = 0;
    for (const [name, { offset, count }] of entries.sort(([, a], [, b]) => a.offset - b.offset)) {
      if (offset < end) throw new Error(`tensor "${name}" shares values with another one`);
      end = offset + count;
    }
  }
}

function stored(
  name: string,
  { type, key, size, offset, count, shape }: TensorPlace,
  records: ReadonlyMap<string, Uint8Array>,
): StoredTensor {
  const record = records.get(key);
  if (record?.length !== size * type.size) {
    throw new Error(
      `the storage "${key}" of tensor "${name}" has ${record?.length ?? "no"} bytes, but ${size} ` +
        `values of ${type.name} need ${size * type.size}`,
    );
  }
  if (!type.toFloat32) {
    throw new Error(`tensor "${name}" is ${type.name} instead of float32, float16 or bfloat16`);
  }
  const values = record.slice(offset * type.size, (offset + count) * type.size);
  return { dtype: "F32", shape, data: type.toFloat32(values.buffer) };
}
