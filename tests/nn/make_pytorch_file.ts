import { zipSync } from "fflate";

/** A Python global: "torch.FloatStorage". */
export class Named {
  constructor(readonly name: string) {}
}

/** A call of a global. */
export class Call {
  constructor(readonly name: string, readonly values: readonly unknown[]) {}
}

/** An object that is stored outside the pickle. */
export class Persistent {
  constructor(readonly id: unknown) {}
}

/** Opcodes as they are, in Latin-1. */
export class Opcodes {
  constructor(readonly text: string) {}
}

/** Pickles a value. Arrays become tuples. */
export function makePickle(value: unknown): Uint8Array {
  return Uint8Array.from(`\x80\x02${opcodes(value)}.`, (character) => character.charCodeAt(0));
}

function opcodes(value: unknown): string {
  if (value === null) return "N";
  if (typeof value === "boolean") return value ? "\x88" : "\x89";
  if (typeof value === "number") return `\x8a\x08${littleEndian(BigInt(value), 8)}`;
  if (typeof value === "string") return `X${littleEndian(BigInt(value.length), 4)}${value}`;
  if (value instanceof Opcodes) return value.text;
  if (value instanceof Named) return `c${value.name.replace(/\.(?=[^.]*$)/, "\n")}\n`;
  if (value instanceof Call) return `${opcodes(new Named(value.name))}${opcodes(value.values)}R`;
  if (value instanceof Persistent) return `${opcodes(value.id)}Q`;
  if (Array.isArray(value)) return `(${value.map(opcodes).join("")}t`;
  if (value instanceof Map) return `}(${[...value].flat().map(opcodes).join("")}u`;
  throw new Error(`cannot pickle ${value}`);
}

function littleEndian(value: bigint, length: number): string {
  return Array.from(
    { length },
    (_, k) => String.fromCharCode(Number(value >> BigInt(8 * k) & 255n)),
  ).join("");
}

/** A tensor whose values are in the storage of that key. */
export interface TensorSource {
  readonly type?: string;
  readonly key?: unknown;
  /** The number of the storage's values. */
  readonly size?: unknown;
  readonly offset?: unknown;
  readonly shape?: unknown;
  readonly strides?: unknown;
}

/** Describes a tensor as PyTorch does, by default float32 with four values in storage "0". */
export function tensor(
  { type = "FloatStorage", key = "0", size = 4, offset = 0, shape = [4], strides = [1] }:
    TensorSource = {},
): Call {
  const storage = new Persistent(["storage", new Named(`torch.${type}`), key, "cpu", size]);
  const hooks = new Call("collections.OrderedDict", []);
  return new Call("torch._utils._rebuild_tensor_v2", [
    storage,
    offset,
    shape,
    strides,
    false,
    hooks,
  ]);
}

/** The four values of storage "0". */
export const FOUR = Float32Array.of(1, -2, 0.1, 4);

/** Makes a file as `torch.save` does. */
export function makePytorchFile(
  content: unknown,
  storages: Readonly<Record<string, ArrayBufferView<ArrayBuffer>>> = { 0: FOUR },
): Uint8Array {
  const parts = Object.entries(storages).map(([key, { buffer, byteOffset, byteLength }]) => [
    `archive/data/${key}`,
    new Uint8Array(buffer, byteOffset, byteLength),
  ]);
  return zipSync({
    "archive/data.pkl": makePickle(content),
    "archive/byteorder": new TextEncoder().encode("little"),
    ...Object.fromEntries(parts),
  }, { level: 0 });
}
