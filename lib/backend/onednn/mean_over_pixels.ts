import type { Pointer } from "./arena.ts";
import { Algorithm, DataType } from "./constants.ts";
import { rowMajor } from "./memory_layout.ts";
import type { OnednnBackend } from "./onednn_backend.ts";
import { product } from "./recipes.ts";

/**
 * Prepares the mean of maps `[n, h, w, c]` over all pixels, `[n, c]` in float32: a product with a
 * row. Frozen networks and training passes share it, so that they round alike.
 */
export function meanOverPixels(
  backend: OnednnBackend,
  type: DataType,
  [n, h, w, c]: readonly [n: number, h: number, w: number, c: number],
): (maps: Pointer, means: Pointer) => void {
  const { dnnl: library } = backend;
  const pixels = h * w;
  // bfloat16 has no 1/49, so there the sum is divided.
  const isExact = type === DataType.f32;
  const primitive = backend.primitive(`pool ${n} ${pixels} ${c} ${type}`, () =>
    product(library, {
      src: rowMajor(library, [n, 1, pixels], type),
      weights: rowMajor(library, [n, pixels, c], type),
      dst: rowMajor(library, [n, 1, c]),
      postOperations: isExact
        ? []
        : [{ kind: "elementwise", algorithm: Algorithm.linear, alpha: 1 / pixels }],
    }));
  const row = backend.constant(isExact ? 1 / pixels : 1, n * pixels, type);
  return (maps, means) => primitive.execute(row, maps, means);
}
