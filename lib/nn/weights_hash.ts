import type { StoredTensor } from "./safetensors.ts";
import { sha256 } from "../files/sha256.ts";

/** SHA-256 of weights, names and shapes included and whatever their order in the file. */
export function weightsHash(tensors: ReadonlyMap<string, StoredTensor>): string {
  const sorted = [...tensors].sort(([a], [b]) => a < b ? -1 : 1);
  return sha256(...sorted.flatMap(([name, { dtype, shape, data }]) => [
    `${name} ${dtype} [${shape}]\n`,
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ]));
}
