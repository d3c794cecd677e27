import { join } from "node:path";
import { TeacherLogitCache } from "../../../lib/training/teacher_cache/cache.ts";
import type { TeacherLogitKey } from "../../../lib/training/teacher_cache/key.ts";

/** A key as a run would have it. */
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

/** Augmented images by number, and logits that a teacher could have given for them. */
export interface Batch {
  readonly numbers: Float64Array;
  readonly logits: Float32Array;
}

/** The logits depend on the numbers alone; some are as odd as float32 can be. */
export function batchOf(...numbers: number[]): Batch {
  const odd = [-0, NaN, 1e-42];
  const logits = numbers.flatMap((number) => [1 / (number + 3), -number, 0.1, odd[number % 3]]);
  return { numbers: Float64Array.from(numbers), logits: Float32Array.from(logits) };
}

const PROBE = batchOf(0, 1);

/** A cache that has found one of its entries to be right already, and so reads. */
function openCache(
  folder: string,
  { key = smallKey, mebibytes = 16, messages = [] as string[] } = {},
): TeacherLogitCache {
  const cache = new TeacherLogitCache(key, { folder, mebibytes }, (text) => messages.push(text));
  cache.store(PROBE.numbers, PROBE.logits);
  cache.store(PROBE.numbers, PROBE.logits);
  return cache;
}

/** Opens a cache, does something, closes it. */
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

/** The only cache in a folder. */
export function onlyCacheFile(folder: string): string {
  const [{ name }] = [...Deno.readDirSync(folder)];
  return join(folder, name);
}

/** Bits, in which NaN is like itself and 0 is not like −0. */
export function bitsOf(values: Float32Array | null): number[] | null {
  return values && [...new Uint32Array(values.slice().buffer)];
}
