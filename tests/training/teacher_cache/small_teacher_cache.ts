import { join } from "node:path";
import { TeacherLogitCache } from "../../../lib/training/teacher_cache/cache.ts";
import type { TeacherLogitKey } from "../../../lib/training/teacher_cache/key.ts";

/** The key of a small run. */
export const smallKey: TeacherLogitKey = {
  format: 1,
  set: "train",
  images: "1".repeat(64),
  count: 2000,
  batchSize: 2,
  classes: 4,
  teacher: "2".repeat(64),
  backend: "wasm",
  tfjs: "test",
  precision: "f32",
};

/** The numbers of augmented images, and possible logits of a teacher for them. */
export interface Batch {
  readonly numbers: Float64Array;
  readonly logits: Float32Array;
}

/** Makes logits that depend only on the numbers; some are −0, NaN or subnormal. */
export function batchOf(...numbers: number[]): Batch {
  const odd = [-0, NaN, 1e-42];
  const logits = numbers.flatMap((number) => [1 / (number + 3), -number, 0.1, odd[number % 3]]);
  return { numbers: Float64Array.from(numbers), logits: Float32Array.from(logits) };
}

const PROBE = batchOf(0, 1);

/** Opens a cache that has confirmed one entry, so that it reads. */
function openCache(
  folder: string,
  { key = smallKey, mebibytes = 16, messages = [] as string[] } = {},
): TeacherLogitCache {
  const cache = new TeacherLogitCache(key, { folder, mebibytes }, (text) => messages.push(text));
  cache.store(PROBE.numbers, PROBE.logits);
  cache.store(PROBE.numbers, PROBE.logits);
  return cache;
}

/** Opens a cache, uses it, and closes it. */
export async function withCache<T>(
  folder: string,
  settings: Parameters<typeof openCache>[1],
  use: (cache: TeacherLogitCache) => T | Promise<T>,
): Promise<T> {
  const cache = openCache(folder, settings);
  try {
    return await use(cache);
  } finally {
    cache.close();
  }
}

/** Finds the only cache in a folder. */
export function onlyCacheFile(folder: string): string {
  const [{ name }] = [...Deno.readDirSync(folder)];
  return join(folder, name);
}

/** Gives the bits of the values: NaN equals itself, and 0 differs from −0. */
export function bitsOf(values: Float32Array | null): number[] | null {
  return values && [...new Uint32Array(values.slice().buffer)];
}
